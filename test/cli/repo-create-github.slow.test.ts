import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { gitText } from '../fakes/github/git-process.ts';
import { repositoryNamed, revealSecrets } from '../fakes/github/seed.ts';
import { type GitHubDouble, type GitHubOptions, startGitHub, TOKEN } from '../fakes/github/start-github.ts';
import { temporaryFolder } from '../setup.ts';
import { begin, endSpawned } from './spawned-hermes.ts';

const AUTHOR = { GIT_AUTHOR_NAME: 'Ana', GIT_AUTHOR_EMAIL: 'ana@example.com' };

/** A PATH with these programs alone. */
function pathWith(...programs: readonly string[]): string {
  const folder = temporaryFolder();
  for (const program of programs) {
    const found = (process.env.PATH ?? '').split(delimiter).map((one) => join(one, program));
    symlinkSync(found.find((path) => existsSync(path)) ?? process.execPath, join(folder, program));
  }
  return folder;
}

describe('hermes repo create --org', () => {
  let double: GitHubDouble;
  let cwd: string;
  const start = async (options: GitHubOptions = {}) => {
    double = await startGitHub(options);
    cwd = temporaryFolder();
  };
  const run = (words: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const own = { HERMES_GITHUB_API_URL: double.apiUrl, HERMES_GITHUB_TOKEN: TOKEN };
    return begin(cwd, ['repo', 'create', ...words], { ...own, ...AUTHOR, ...env });
  };
  const routes = () => double.requests.map(({ method, operation }) => `${method} ${operation}`);
  afterEach(async () => {
    endSpawned();
    await double.stop();
  });

  it('makes a repository with all that it needs by twelve requests, four of them with content', async () => {
    await start();
    const roles = ['--variable', 'HERMES_DEV_ROLE=arn:dev', '--variable', 'HERMES_PROD_ROLE=arn:prod'];
    const env = { PATH: pathWith('git', 'gh') };
    const { code, stdout, stderr } = await run(['weather', '--org', 'acme', ...roles], env).finished;
    assert.equal(code, 0, stderr);
    const [address] = /http:\S+\/acme\/weather /.exec(stdout) ?? [];
    assert.equal(address?.trim(), `${double.gitUrl}/acme/weather`);
    assert.deepEqual(
      stdout
        .replace(/[0-9a-f]{8}$/m, 'COMMIT')
        .replace(/\d+ files/, 'N files')
        .replace(address ?? '', 'URL ')
        .split('\n'),
      [
        'acme/weather',
        '  ✓ repository                 a private repository of acme',
        '  ✓ variable HERMES_DEV_ROLE   arn:dev',
        '  ✓ variable HERMES_PROD_ROLE  arn:prod',
        '  ✓ environment dev            every branch may use dev',
        '  ✓ environment prod           main alone deploys to prod',
        '  ✓ content                    N files in one commit',
        '  ✓ team                       team weather may push',
        '  ✓ merge rules                a pull request, 1 review by the code owners, green CI: test the pull request',
        '',
        '✓ URL  main at COMMIT',
        '  clone  weather',
        '',
        'Next:',
        '  cd weather',
        '  python3 helloworld/helloworld/helloworld.py   run the example',
        '  hermes project new my-project                 start a project of your own',
        '  less README.md                                branch, commit, push: step by step',
        '  gh auth setup-git                             let git sign in to push; before it: gh auth login',
        '',
      ],
    );
    assert.equal(double.requests.length, 12);
    const content = routes().filter((route) => /orgs\/\{org\}\/repos|\/git\//.test(route));
    assert.deepEqual(content, [
      'POST /orgs/{org}/repos',
      'POST /repos/{owner}/{repo}/git/trees',
      'POST /repos/{owner}/{repo}/git/commits',
      'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
    ]);
    const owners = readFileSync(join(cwd, 'weather', 'CODEOWNERS'), 'utf8');
    assert.match(owners, /^\* @acme\/weather$/m);
    assert.doesNotMatch(owners, /your-organisation/);
  });

  it('leaves no token in the clone', async () => {
    await start();
    assert.equal((await run(['weather', '--org', 'acme']).finished).code, 0);
    const files = readdirSync(join(cwd, 'weather'), { recursive: true, withFileTypes: true });
    const basic = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
    for (const file of files.filter((each) => each.isFile())) {
      const text = readFileSync(join(file.parentPath, file.name), 'latin1');
      assert.ok(!text.includes(TOKEN) && !text.includes(basic), file.name);
    }
  });

  it('says how a push signs in without gh, and nothing where git knows it', async () => {
    await start();
    const words = ['weather', '--org', 'acme'];
    const env = { PATH: pathWith('git') };
    const { stdout } = await run(words, env).finished;
    const step = new RegExp(
      `^ {2}git push +asks for a password: a token of ${double.gitUrl}/settings/tokens$`,
      'm',
    );
    assert.match(stdout, step);
    const settings = join(temporaryFolder(), 'gitconfig');
    writeFileSync(settings, `[credential "${double.gitUrl}"]\n\thelper = store\n`);
    const known = await run(words, { ...env, GIT_CONFIG_GLOBAL: settings }).finished;
    assert.match(known.stdout, /step by step\n$/);
  });

  it('shows every call before it makes one', async () => {
    await start();
    const words = ['weather', '--org', 'acme', '--secret', 'HERMES_DAGS_TOKEN', '--variable', 'A=b'];
    const secret = { HERMES_DAGS_TOKEN: 'hush-hush' };
    const plan = await run([...words, '--plan', '--json'], secret).finished;
    assert.deepEqual(routes(), ['GET /orgs/{org}/teams/{team_slug}', 'GET /repos/{owner}/{repo}']);
    assert.ok(!existsSync(join(cwd, 'weather')));
    const { looks, steps } = JSON.parse(plan.stdout);
    const planned = [...looks, ...steps.flatMap(({ calls }: { calls: object[] }) => calls)];
    const before = double.requests.length;
    const { code, stdout, stderr } = await run([...words, '--no-clone'], secret).finished;
    assert.equal(code, 0);
    const made = double.requests
      .slice(before)
      .map(({ method, path }) => ({ method, path: decodeURIComponent(path) }));
    assert.deepEqual(
      made,
      planned.map(({ method, path }) => ({ method, path: path.replace('<default branch>', 'main') })),
    );
    assert.doesNotMatch(plan.stdout + plan.stderr + stdout + stderr, /hush-hush/);
  });

  it('does nothing twice, and says so', async () => {
    await start();
    await run(['weather', '--org', 'acme']).finished;
    const { code, stdout } = await run(['weather', '--org', 'acme']).finished;
    assert.equal(code, 0);
    assert.match(stdout, /^It stands as it is wanted: nothing to do\.$/m);
    assert.match(stdout, /^ {2}clone {2}weather {2}was there already$/m);
    const { defaultBranch } = repositoryNamed(double, 'weather');
    assert.equal(defaultBranch, 'main');
  });

  it('says of what stands otherwise than wanted that it stays, in the plan as afterwards', async () => {
    await start();
    const words = ['weather', '--org', 'acme', '--no-clone'];
    assert.equal((await run([...words, '--variable', 'A=1']).finished).code, 0);
    const other = [...words, '--variable', 'A=2', '--visibility', 'public', '--default-branch', 'trunk'];
    const left = [
      '  ! repository          left out: it stands, is private and not public, and stays so',
      '  ! default branch      left out: it is called main, and stays',
      '  ! variable A          left out: it stands with another value, "1", and stays',
    ];
    const linesOf = (text: string) => text.split('\n').filter((line) => line.startsWith('  !'));
    const plan = await run([...other, '--plan']).finished;
    assert.deepEqual(linesOf(plan.stdout), left);
    assert.match(plan.stdout, /^acme\/weather stands: nothing to do\.$/m);
    assert.doesNotMatch(plan.stdout, /leave out --plan/);
    const { code, stdout } = await run(other).finished;
    assert.equal(code, 0);
    assert.deepEqual(linesOf(stdout), left);
    assert.doesNotMatch(stdout, /stands as it is wanted/);
  });

  it('goes on after Ctrl-C by the same command', async () => {
    await start();
    const stopped = new Promise<void>((resolve) => {
      double.observe = ({ operation }, phase) => {
        if (phase === 'after' && operation === '/repos/{owner}/{repo}/git/trees') resolve();
      };
    });
    double.fail({
      matches: ({ operation }) => operation === '/repos/{owner}/{repo}/git/commits',
      phase: 'before',
      outcome: { status: 403, headers: { 'retry-after': '600' }, body: { message: 'secondary rate limit' } },
    });
    const first = run(['weather', '--org', 'acme']);
    await stopped;
    await first.seen('GitHub asks to wait 600 seconds.');
    first.child.kill('SIGINT');
    const { code, stderr } = await first.finished;
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'GitHub asks to wait 600 seconds.\nInterrupted by SIGINT.\nRun the same command again: it goes on where it stopped.\n',
    );
    const second = await run(['weather', '--org', 'acme']).finished;
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stdout, /^ {2}= repository {10}there already$/m);
    assert.match(second.stdout, /^ {2}✓ content {13}\d+ files in one commit$/m);
  });

  it('says plainly what a plan does not offer, and makes the rest', async () => {
    await start({ organisations: [{ login: 'acme', plan: 'free', teams: ['weather'] }] });
    const { code, stdout } = await run(['weather', '--org', 'acme', '--no-clone']).finished;
    assert.equal(code, 0);
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.startsWith('  !')),
      [
        '  ! environment prod    left out: the plan of the organisation has none for private repositories, so secrets of prod are open to every branch',
        '  ! merge rules         left out: the plan of the organisation has none for private repositories, so whoever may push can also push to main',
      ],
    );
  });

  const refusedWith = async (words: readonly string[], code: number, lines: readonly string[], env = {}) => {
    const made = await run(words, env).finished;
    assert.equal(made.code, code, made.stdout);
    assert.deepEqual(
      made.stderr.replaceAll(double.gitUrl, 'https://github.test').trimEnd().split('\n'),
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
    assert.equal(double.requests.length, 0);
    const { code } = await run(['weather', '--org', 'acme', '--plan'], env).finished;
    assert.equal(code, 0, 'a plan commits nothing');
  });

  it('tells of a team that is none before anything is made, and names the near one', async () => {
    await start({ organisations: [{ login: 'acme', teams: ['weather', 'sea'] }] });
    await refusedWith(['weather', '--org', 'acme', '--team', 'wether'], 2, [
      'Cannot let team wether push: acme has no such team. Its teams: weather, sea. Did you mean weather?',
      'Correct --team, or name another one with --github-team, or make it: https://github.test/orgs/acme/new-team',
    ]);
    assert.equal(double.state.repositories.size, 0);
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
    assert.equal(double.state.repositories.size, 0);
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
    assert.equal(double.requests.length, 0);
  });

  it("takes what the platform's file says, and makes it on this machine all the same with --local", async () => {
    await start({ organisations: [{ login: 'acme', teams: ['data-weather'] }] });
    writeFileSync(join(cwd, 'hermes.platform.yaml'), PLATFORM);
    const { code, stderr } = await run(['weather', '--no-clone']).finished;
    assert.equal(code, 0, stderr);
    const made = repositoryNamed(double, 'weather');
    assert.deepEqual(
      [made.defaultBranch, [...made.teams], made.visibility],
      ['trunk', [['data-weather', 'push']], 'public'],
    );
    assert.equal(made.variables.get('HERMES_DEV_ROLE')?.value, 'arn:aws:iam::1:role/hermes-weather-dev');
    const config = await gitText(made.folder, ['show', 'trunk:hermes.yaml']);
    assert.match(config, /\nartifacts:\n {2}dev: "file:\/\/\/tmp\/a\/weather"$/);
    const before = double.requests.length;
    const local = await run(['weather', '--local', '--no-ci']).finished;
    assert.equal(local.code, 0, local.stderr);
    assert.ok(existsSync(join(cwd, '.hermes', 'git', 'weather.git')));
    const ownConfig = readFileSync(join(cwd, 'weather', 'hermes.yaml'), 'utf8');
    assert.match(ownConfig, /\n# artifacts:\n# {3}dev: /, 'on this machine everything stays here');
    assert.equal(double.requests.length, before);
  });

  it('asks GitHub nothing before it knows that the clone has a place', async () => {
    await start();
    writeFileSync(join(cwd, 'file'), '');
    await refusedWith(['weather', '--org', 'acme', '--to', 'file/weather'], 2, [
      `Cannot make ${join(cwd, 'file')}: a file lies where a folder belongs.`,
    ]);
    assert.equal(double.requests.length, 0);
  });

  it('blames signing in for a clone only where git does', async () => {
    await start();
    const settings = join(temporaryFolder(), 'gitconfig');
    writeFileSync(settings, `[url "${join(cwd, 'nowhere')}/"]\n\tinsteadOf = "${double.gitUrl}/"\n`);
    const made = await run(['weather', '--org', 'acme'], { GIT_CONFIG_GLOBAL: settings }).finished;
    assert.equal(made.code, 1);
    const [, step] = made.stderr.split('\nMend ');
    assert.equal(step, `what git names, then: git clone ${double.gitUrl}/acme/weather.git\n`);
  });

  it('waits for a secret that stdin holds', async () => {
    await start();
    const env = { HERMES_GITHUB_API_URL: double.apiUrl, HERMES_GITHUB_TOKEN: TOKEN, ...AUTHOR };
    const words = ['repo', 'create', 'weather', '--org', 'acme', '--secret', 'T=-', '--no-clone'];
    const { child, finished } = begin(cwd, words, env, 'pipe');
    setTimeout(() => child.stdin?.end('hush-hush\n'), 300);
    const { code, stdout, stderr } = await finished;
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout + stderr, /hush-hush/);
    assert.deepEqual(revealSecrets(repositoryNamed(double, 'weather')), { T: 'hush-hush' });
  });

  it('ends with its own code where nobody reads what it says', async () => {
    await start();
    const { child, finished } = run(['Weather', '--org', 'acme']);
    child.stderr?.destroy();
    assert.equal((await finished).code, 2);
  });

  it('says that CI on GitHub is not to be left out', async () => {
    await start();
    await refusedWith(['weather', '--org', 'acme', '--no-ci'], 2, [
      'Cannot create repository weather on GitHub: --no-ci is for this machine.',
      'Leave it out, or make the repository on this machine: --local',
    ]);
    assert.equal(double.requests.length, 0);
  });

  it('makes no repository in a home above a file', async () => {
    await start();
    const file = join(cwd, 'notes.txt');
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

const PLATFORM = `github:
  org: acme
  team: data-{team}
  visibility: public
  default_branch: trunk
  variables:
    product: { HERMES_DEV_ROLE: "arn:aws:iam::1:role/hermes-{team}-dev" }
environments:
  dev:
    production: false
    artifacts: file:///tmp/a/{team}
    read_prefix: prod_
    products_zone: file:///tmp/p/{team}
    databricks_conn_id: databricks_default
    datadog: { site: datadoghq.eu, tags: [] }
`;
