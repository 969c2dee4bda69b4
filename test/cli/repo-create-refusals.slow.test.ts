import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { TOKEN } from '../fakes/github/start-github.ts';
import { creatingOnGitHub } from './creating-on-github.ts';

describe('hermes repo create --org, where it cannot be', () => {
  const github = creatingOnGitHub();
  const { start, run } = github;

  const refusedWith = async (words: readonly string[], code: number, lines: readonly string[], env = {}) => {
    const made = await run(words, env).finished;
    assert.equal(made.code, code, made.stdout);
    assert.deepEqual(
      made.stderr.replaceAll(github.double.gitUrl, 'https://github.test').trimEnd().split('\n'),
      lines,
    );
  };

  it('makes up nobody who commits on GitHub, and asks GitHub nothing before it knows', async () => {
    await start();
    const env = { GIT_AUTHOR_EMAIL: '', EMAIL: '' };
    const email = `${userInfo().username}@${hostname()}`;
    await refusedWith(
      ['weather', '--org', 'acme'],
      2,
      [
        `Cannot commit on GitHub as Ana <${email}>: git does not know who you are.`,
        'Tell it, then run the same command again (in CI, set GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL):',
        '  git config --global user.name "Your Name"',
        '  git config --global user.email you@example.com',
      ],
      env,
    );
    assert.equal(github.double.requests.length, 0);
    const { code } = await run(['weather', '--org', 'acme', '--plan'], env).finished;
    assert.equal(code, 0, 'a plan commits nothing');
  });

  it('tells of a team that is none before anything is made, and names the near one', async () => {
    await start({ organisations: [{ login: 'acme', teams: ['weather', 'sea'] }] });
    await refusedWith(['weather', '--org', 'acme', '--team', 'wether'], 2, [
      'Cannot let team wether push: acme has no such team. Its teams: weather, sea. Did you mean weather?',
      'Correct --team, or name another one with --github-team, or make it: https://github.test/orgs/acme/new-team',
    ]);
    assert.equal(github.double.state.repositories.size, 0);
  });

  it('tells a person, who has no teams, from an organisation that is none', async () => {
    await start();
    await refusedWith(['weather', '--org', 'ana'], 2, [
      'Cannot make a repository for ana: that is a person, who has no teams.',
      'Name an organisation with --org: its teams own the repositories.',
    ]);
    await refusedWith(['weather', '--org', 'acmee'], 2, [
      'Cannot find the organisation acmee [page=https://github.test/acmee]: there is none, or the token may not see its teams.',
      'Correct --org. A classic token needs the scope read:org, any other the permission Members: read.',
    ]);
  });

  it('tells of scopes that are missing before anything is made', async () => {
    const scopes = ['repo', 'read:org'];
    await start({ tokens: { [TOKEN]: { kind: 'classic', login: 'ana', scopes } } });
    await refusedWith(['weather', '--org', 'acme'], 3, [
      'Cannot create a repository in acme: the token has not all the scopes.',
      'The token of HERMES_GITHUB_TOKEN lacks the scope workflow. Edit the token at https://github.test/settings/tokens',
    ]);
    assert.equal(github.double.state.repositories.size, 0);
  });

  it('names the scopes that are missing also of a token that sees no teams', async () => {
    await start({
      tokens: { [TOKEN]: { kind: 'classic', login: 'ana', scopes: ['public_repo', 'workflow'] } },
    });
    await refusedWith(['weather', '--org', 'acme'], 3, [
      'Cannot create a repository in acme: the token has not all the scopes.',
      'The token of HERMES_GITHUB_TOKEN lacks the scope repo and read:org. Edit the token at https://github.test/settings/tokens',
    ]);
  });

  it('knows an address that is none of GitHub', async () => {
    await start();
    const page = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<html>'));
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    const { port } = page.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}`;
    await refusedWith(
      ['weather', '--org', 'acme'],
      2,
      [
        `Cannot find team weather in acme [request=GET /orgs/acme/teams/weather, status=404]: ${address} does not answer as GitHub does.`,
        'Correct the address. That of a GitHub Enterprise Server is https://HOST/api/v3: --github-host HOST.',
      ],
      { HERMES_GITHUB_API_URL: address },
    );
    page.close();
  });

  it('asks GitHub nothing with the token of a workflow', async () => {
    await start();
    const env = { HERMES_GITHUB_TOKEN: '', GITHUB_TOKEN: 'ghs_abc', GITHUB_ACTIONS: 'true' };
    await refusedWith(
      ['weather', '--org', 'acme'],
      3,
      [
        'Cannot create a repository with the token of a workflow (GITHUB_TOKEN): it reaches its own repository only.',
        'Give the workflow a GitHub App that is installed on all repositories: HERMES_GITHUB_APP_ID and HERMES_GITHUB_APP_KEY_FILE.',
      ],
      env,
    );
    assert.equal(github.double.requests.length, 0);
  });

  it('asks GitHub nothing before it knows that the clone has a place', async () => {
    await start();
    writeFileSync(join(github.cwd, 'file'), '');
    await refusedWith(['weather', '--org', 'acme', '--to', 'file/weather'], 2, [
      `Cannot make ${join(github.cwd, 'file')}: a file lies where a folder belongs.`,
    ]);
    assert.equal(github.double.requests.length, 0);
  });

  it('says that CI on GitHub is not to be left out', async () => {
    await start();
    await refusedWith(['weather', '--org', 'acme', '--no-ci'], 2, [
      'Cannot create repository weather on GitHub: --no-ci is for this machine.',
      'Leave it out, or make the repository on this machine: --local',
    ]);
    assert.equal(github.double.requests.length, 0);
  });

  it('makes no repository in a home above a file', async () => {
    await start();
    const file = join(github.cwd, 'notes.txt');
    writeFileSync(file, '');
    await refusedWith(['weather', '--local', file], 2, [
      `Cannot make a repository in ${file}: it is no folder.`,
      'Name a folder with --local, or none for the one you are in.',
    ]);
  });

  it('says that options of GitHub mean nothing on this machine', async () => {
    await start();
    await refusedWith(['weather', '--visibility', 'private', '--secret', 'A'], 2, [
      'Cannot create repository weather on this machine: --visibility, --secret is for GitHub.',
      'Name the organisation with --org, or leave it out.',
    ]);
  });
});
