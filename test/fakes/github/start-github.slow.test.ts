import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import sodium from 'libsodium-wrappers';
import { git } from '../../../src/github/git/git.ts';
import { temporaryFolder } from '../../setup.ts';
import { repositoryNamed, revealSecrets, seedCommit, seedCopies, seedRepository } from './seed.ts';
import { type GitHubDouble, type GitHubOptions, startGitHub, TOKEN, TRUE_LIMITS } from './start-github.ts';
import type { Repository } from './state.ts';

describe('the GitHub of the tests', () => {
  let github: GitHubDouble;
  const start = async (options?: GitHubOptions) => {
    github = await startGitHub(options);
  };
  afterEach(() => github.stop());

  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${github.apiUrl}${path}`, {
      method,
      headers: { authorization: `token ${TOKEN}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  const make = (name = 'weather', more: object = {}) =>
    ask('POST', '/orgs/acme/repos', { name, private: true, auto_init: true, ...more });
  const protect = () =>
    ask('POST', '/repos/acme/weather/rulesets', {
      name: 'hermes',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [{ type: 'pull_request' }, { type: 'deletion' }, { type: 'non_fast_forward' }],
    });
  const clone = async (folder: string) => {
    const signIn = `http.extraHeader=Authorization: Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`;
    const context = { env: { ...process.env }, signal: new AbortController().signal };
    const url = `${github.gitUrl}/acme/weather.git`;
    await git(folder, ['-c', signIn, 'clone', '--quiet', url, 'weather'], context);
    const inside = `${folder}/weather`;
    await git(inside, ['config', 'http.extraHeader', signIn.slice('http.extraHeader='.length)], context);
    await git(inside, ['config', 'user.name', 'Ana'], context);
    await git(inside, ['config', 'user.email', 'ana@example.com'], context);
    return { inside, run: (...words: string[]) => git(inside, words, context) };
  };

  it('makes trees and commits that git finds whole, and hands them to a clone', async () => {
    await start();
    assert.equal((await make()).status, 201);
    const { body: tree } = await ask('POST', '/repos/acme/weather/git/trees', {
      tree: [
        { path: 'build_tools/test.sh', mode: '100755', type: 'blob', content: 'echo ñ\n' },
        { path: 'README.md', mode: '100644', type: 'blob', content: '# weather\n' },
      ],
    });
    const { body: commit } = await ask('POST', '/repos/acme/weather/git/commits', {
      message: 'Start',
      tree: tree.sha,
    });
    assert.deepEqual([commit.message, commit.parents], ['Start', []]);
    const refused = await ask('PATCH', '/repos/acme/weather/git/refs/heads/main', { sha: commit.sha });
    assert.deepEqual([refused.status, refused.body.message], [422, 'Update is not a fast forward']);
    const forced = await ask('PATCH', '/repos/acme/weather/git/refs/heads/main', {
      sha: commit.sha,
      force: true,
    });
    assert.equal(forced.body.object.sha, commit.sha);
    const { inside, run } = await clone(temporaryFolder());
    await run('fsck', '--strict');
    assert.equal(await run('rev-parse', 'HEAD'), commit.sha);
    assert.match(await run('ls-files', '--stage', 'build_tools'), /^100755 /);
    assert.equal(readFileSync(`${inside}/build_tools/test.sh`, 'utf8'), 'echo ñ\n');
  });

  it('refuses content of an empty repository, and of a fresh one for a while', async () => {
    await start({ lateContent: 2 });
    await ask('POST', '/orgs/acme/repos', { name: 'empty' });
    const empty = await ask('POST', '/repos/acme/empty/git/trees', { tree: [] });
    assert.deepEqual([empty.status, empty.body.message], [409, 'Git Repository is empty.']);
    await make();
    const statuses: number[] = [];
    for (let turn = 0; turn < 3; turn++)
      statuses.push((await ask('GET', '/repos/acme/weather/git/ref/heads/main')).status);
    assert.deepEqual(statuses, [409, 409, 200]);
  });

  it('says of a name that is taken what GitHub says', async () => {
    await start();
    await make();
    const { status, body } = await make('Weather');
    assert.deepEqual(
      [status, body],
      [
        422,
        {
          documentation_url: 'https://docs.github.com/rest',
          status: '422',
          message: 'Repository creation failed.',
          errors: [
            {
              resource: 'Repository',
              code: 'custom',
              field: 'name',
              message: 'name already exists on this account',
            },
          ],
        },
      ],
    );
  });

  it('refuses a direct change of a ruled branch, by API and by push, and takes one of another branch', async () => {
    await start();
    await make();
    const { inside, run } = await clone(temporaryFolder());
    assert.equal((await protect()).status, 201);
    writeFileSync(`${inside}/file`, 'text');
    await run('add', 'file');
    await run('commit', '--quiet', '-m', 'Change');
    await assert.rejects(
      run('push', '--quiet', 'origin', 'main'),
      /GH013: Repository rule violations found for refs\/heads\/main/,
    );
    await run('push', '--quiet', 'origin', 'HEAD:refs/heads/feature/x');
    const sha = await run('rev-parse', 'HEAD');
    const { status, body } = await ask('PATCH', '/repos/acme/weather/git/refs/heads/main', { sha });
    assert.equal(status, 422);
    assert.equal(
      body.message,
      'Repository rule violations found\n\nChanges must be made through a pull request.\n\n',
    );
    const pull = await ask('POST', '/repos/acme/weather/pulls', {
      title: 'x',
      head: 'feature/x',
      base: 'main',
      draft: true,
    });
    assert.deepEqual(
      [pull.status, pull.body.number, pull.body.draft, pull.body.head.sha],
      [201, 1, true, sha],
    );
    const again = await ask('POST', '/repos/acme/weather/pulls', {
      title: 'x',
      head: 'feature/x',
      base: 'main',
    });
    assert.equal(again.body.errors[0].message, 'A pull request already exists for acme:feature/x.');
    const found = await ask('GET', '/repos/acme/weather/pulls?head=acme:feature/x&state=open');
    assert.equal(found.body.length, 1);
  });

  it('keeps secrets sealed, so that only their repository opens them', async () => {
    await start();
    await make();
    await sodium.ready;
    const { body: key } = await ask('GET', '/repos/acme/weather/actions/secrets/public-key');
    const sealed = sodium.crypto_box_seal('s3cret', Buffer.from(key.key, 'base64'));
    const encrypted_value = Buffer.from(sealed).toString('base64');
    const put = () =>
      ask('PUT', '/repos/acme/weather/actions/secrets/KEY', { key_id: key.key_id, encrypted_value });
    assert.deepEqual([(await put()).status, (await put()).status], [201, 204]);
    assert.deepEqual(revealSecrets(repositoryNamed(github, 'weather')), { KEY: 's3cret' });
  });

  it('adds a variable once and changes it by another call', async () => {
    await start();
    await make();
    const add = () => ask('POST', '/repos/acme/weather/actions/variables', { name: 'A', value: '1' });
    assert.equal((await add()).status, 201);
    const second = await add();
    assert.deepEqual([second.status, second.body.message], [409, 'Already exists - Variable already exists']);
    assert.equal((await ask('PATCH', '/repos/acme/weather/actions/variables/A', { value: '2' })).status, 204);
    assert.equal((await ask('GET', '/repos/acme/weather/actions/variables')).body.variables[0].value, '2');
  });

  it('lets a token see and do what it has the right for', async () => {
    const permissions = { metadata: 'read', contents: 'write' } as const;
    await start({
      tokens: {
        [TOKEN]: { kind: 'classic', login: 'ana', scopes: ['repo'] },
        fine: { kind: 'fine-grained', login: 'ana', permissions },
        narrow: { kind: 'app', login: 'hermes[bot]', permissions, repositories: ['other'] },
        sso: { kind: 'classic', login: 'ana', scopes: ['repo'], unauthorisedFor: ['acme'] },
      },
    });
    await make();
    const tree = [{ path: '.github/workflows/ci.yml', mode: '100644', type: 'blob', content: 'on: push\n' }];
    const by = (token: string, method: string, path: string, body?: unknown) =>
      ask(method, path, body, { authorization: `token ${token}` });
    const said = async (reply: ReturnType<typeof by>) => [(await reply).status, (await reply).body.message];
    assert.deepEqual(await said(by('wrong', 'GET', '/user')), [401, 'Bad credentials']);
    assert.deepEqual(await said(by(TOKEN, 'POST', '/repos/acme/weather/git/trees', { tree })), [
      404,
      'Not Found',
    ]);
    const fine = await by('fine', 'POST', '/orgs/acme/repos', { name: 'x' });
    assert.deepEqual(
      [fine.status, fine.body.message],
      [403, 'Resource not accessible by personal access token'],
    );
    assert.equal(fine.headers.get('x-accepted-github-permissions'), 'administration=write');
    assert.deepEqual(await said(by('fine', 'POST', '/repos/acme/weather/git/trees', { tree })), [
      403,
      'Resource not accessible by personal access token',
    ]);
    assert.deepEqual(await said(by('narrow', 'GET', '/repos/acme/weather')), [404, 'Not Found']);
    const sso = await by('sso', 'GET', '/repos/acme/weather');
    assert.match(sso.headers.get('x-github-sso') ?? '', /^required; url=https:\/\//);
  });

  it('answers not modified to who has the answer, and sends on from a former name', async () => {
    await start();
    await make();
    const first = await ask('GET', '/repos/acme/weather');
    const etag = first.headers.get('etag') ?? '';
    const second = await ask('GET', '/repos/acme/weather', undefined, { 'if-none-match': etag });
    assert.deepEqual([second.status, second.body], [304, undefined]);
    await ask('PATCH', '/repos/acme/weather', { name: 'climate' });
    const moved = await ask('GET', '/repos/acme/weather');
    assert.equal(moved.status, 301);
    const followed = await fetch(moved.headers.get('location') ?? '', {
      headers: { authorization: `token ${TOKEN}` },
    });
    assert.equal(((await followed.json()) as { name: string }).name, 'climate');
  });

  it('refuses haste as GitHub does, by the time that it is given', async () => {
    let now = new Date('2026-11-21T12:00:00Z');
    await start({ limits: { ...TRUE_LIMITS, contentPerMinute: 3, requestsPerHour: 6 }, now: () => now });
    await make();
    const topics = () => ask('PUT', '/repos/acme/weather/topics', { names: [] });
    const replies = [await topics(), await topics(), await topics()];
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 200, 403],
    );
    assert.equal(replies[2]?.headers.get('retry-after'), '60');
    now = new Date(now.getTime() + 61_000);
    assert.equal((await topics()).status, 200);
    await ask('GET', '/repos/acme/weather');
    const spent = await ask('GET', '/repos/acme/weather');
    assert.deepEqual([spent.status, spent.headers.get('x-ratelimit-remaining')], [403, '0']);
  });

  it('loses replies and requests when it is told to', async () => {
    await start();
    github.fail({ phase: 'before', outcome: 'lost' });
    await assert.rejects(make());
    assert.equal(github.state.repositories.size, 0);
    github.fail({ phase: 'after', outcome: 'lost' });
    await assert.rejects(make());
    assert.equal(github.state.repositories.size, 1);
    github.fail({ phase: 'after', outcome: { status: 502, body: { message: 'Server Error' } } });
    assert.equal((await make('other')).status, 502);
    assert.equal(github.state.repositories.size, 2);
  });

  it('has no mercy with a request that it does not know', async () => {
    await start();
    assert.equal((await ask('GET', '/repos/acme/weather/stargazers')).status, 404);
    await assert.rejects(github.stop(), {
      message: 'The GitHub of the tests does not know these requests:\n  GET /repos/acme/weather/stargazers',
    });
    await start();
  });

  it('holds many repositories that share their content until one changes', async () => {
    await start();
    const source = await seedRepository(github, 'weather', { 'README.md': '# weather' });
    const names = Array.from({ length: 100 }, (_none, index) => `weather-${index}`);
    const [changed, same] = seedCopies(github, source, names);
    assert.ok(changed !== undefined && same !== undefined);
    assert.equal((await ask('GET', '/repos/acme/weather-99/contents/README.md')).status, 200);
    await seedCommit(github, changed, { file: 'x' });
    const head = ({ folder }: Repository) =>
      execFileSync('git', ['-C', folder, 'rev-parse', 'main'], { encoding: 'utf8' });
    assert.notEqual(head(changed), head(source));
    assert.equal(head(same), head(source));
  });
});
