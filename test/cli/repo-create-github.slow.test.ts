import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { gitText } from '../fakes/github/git-process.ts';
import { repositoryNamed, revealSecrets } from '../fakes/github/seed.ts';
import { TOKEN } from '../fakes/github/start-github.ts';
import { temporaryFolder } from '../setup.ts';
import { AUTHOR, creatingOnGitHub } from './creating-on-github.ts';
import { begin } from './spawned-hermes.ts';

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
  const github = creatingOnGitHub();
  const { start, run, routes } = github;

  it('makes a repository with all that it needs by twelve requests, four of them with content', async () => {
    await start();
    const roles = ['--variable', 'HERMES_DEV_ROLE=arn:dev', '--variable', 'HERMES_PROD_ROLE=arn:prod'];
    const env = { PATH: pathWith('git', 'gh') };
    const { code, stdout, stderr } = await run(['weather', '--org', 'acme', ...roles], env).finished;
    assert.equal(code, 0, stderr);
    const [address] = /http:\S+\/acme\/weather /.exec(stdout) ?? [];
    assert.equal(address?.trim(), `${github.double.gitUrl}/acme/weather`);
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
    assert.equal(github.double.requests.length, 12);
    const content = routes().filter((route) => /orgs\/\{org\}\/repos|\/git\//.test(route));
    assert.deepEqual(content, [
      'POST /orgs/{org}/repos',
      'POST /repos/{owner}/{repo}/git/trees',
      'POST /repos/{owner}/{repo}/git/commits',
      'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
    ]);
    const owners = readFileSync(join(github.cwd, 'weather', 'CODEOWNERS'), 'utf8');
    assert.match(owners, /^\* @acme\/weather$/m);
    assert.doesNotMatch(owners, /your-organisation/);
  });

  it('leaves no token in the clone', async () => {
    await start();
    assert.equal((await run(['weather', '--org', 'acme']).finished).code, 0);
    const files = readdirSync(join(github.cwd, 'weather'), { recursive: true, withFileTypes: true });
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
      `^ {2}git push +asks for a password: a token of ${github.double.gitUrl}/settings/tokens$`,
      'm',
    );
    assert.match(stdout, step);
    const settings = join(temporaryFolder(), 'gitconfig');
    writeFileSync(settings, `[credential "${github.double.gitUrl}"]\n\thelper = store\n`);
    const known = await run(words, { ...env, GIT_CONFIG_GLOBAL: settings }).finished;
    assert.match(known.stdout, /step by step\n$/);
  });

  it('shows every call before it makes one', async () => {
    await start();
    const words = ['weather', '--org', 'acme', '--secret', 'HERMES_DAGS_TOKEN', '--variable', 'A=b'];
    const secret = { HERMES_DAGS_TOKEN: 'hush-hush' };
    const plan = await run([...words, '--plan', '--json'], secret).finished;
    assert.deepEqual(routes(), ['GET /orgs/{org}/teams/{team_slug}', 'GET /repos/{owner}/{repo}']);
    assert.ok(!existsSync(join(github.cwd, 'weather')));
    const { looks, steps } = JSON.parse(plan.stdout);
    const planned = [...looks, ...steps.flatMap(({ calls }: { calls: object[] }) => calls)];
    const before = github.double.requests.length;
    const { code, stdout, stderr } = await run([...words, '--no-clone'], secret).finished;
    assert.equal(code, 0);
    const made = github.double.requests
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
    const { defaultBranch } = repositoryNamed(github.double, 'weather');
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
      github.double.observe = ({ operation }, phase) => {
        if (phase === 'after' && operation === '/repos/{owner}/{repo}/git/trees') resolve();
      };
    });
    github.double.fail({
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

  it("takes what the platform's file says, and makes it on this machine all the same with --local", async () => {
    await start({ organisations: [{ login: 'acme', teams: ['data-weather'] }] });
    writeFileSync(join(github.cwd, 'hermes.platform.yaml'), PLATFORM);
    const { code, stderr } = await run(['weather', '--no-clone']).finished;
    assert.equal(code, 0, stderr);
    const made = repositoryNamed(github.double, 'weather');
    assert.deepEqual(
      [made.defaultBranch, [...made.teams], made.visibility],
      ['trunk', [['data-weather', 'push']], 'public'],
    );
    assert.equal(made.variables.get('HERMES_DEV_ROLE')?.value, 'arn:aws:iam::1:role/hermes-weather-dev');
    const config = await gitText(made.folder, ['show', 'trunk:hermes.yaml']);
    assert.match(config, /\nartifacts:\n {2}dev: "file:\/\/\/tmp\/a\/weather"$/);
    const before = github.double.requests.length;
    const local = await run(['weather', '--local', '--no-ci']).finished;
    assert.equal(local.code, 0, local.stderr);
    assert.ok(existsSync(join(github.cwd, '.hermes', 'git', 'weather.git')));
    const ownConfig = readFileSync(join(github.cwd, 'weather', 'hermes.yaml'), 'utf8');
    assert.match(ownConfig, /\n# artifacts:\n# {3}dev: /, 'on this machine everything stays here');
    assert.equal(github.double.requests.length, before);
  });

  it('blames signing in for a clone only where git does', async () => {
    await start();
    const settings = join(temporaryFolder(), 'gitconfig');
    writeFileSync(
      settings,
      `[url "${join(github.cwd, 'nowhere')}/"]\n\tinsteadOf = "${github.double.gitUrl}/"\n`,
    );
    const made = await run(['weather', '--org', 'acme'], { GIT_CONFIG_GLOBAL: settings }).finished;
    assert.equal(made.code, 1);
    const [, step] = made.stderr.split('\nMend ');
    assert.equal(step, `what git names, then: git clone ${github.double.gitUrl}/acme/weather.git\n`);
  });

  it('waits for a secret that stdin holds', async () => {
    await start();
    const env = { HERMES_GITHUB_API_URL: github.double.apiUrl, HERMES_GITHUB_TOKEN: TOKEN, ...AUTHOR };
    const words = ['repo', 'create', 'weather', '--org', 'acme', '--secret', 'T=-', '--no-clone'];
    const { child, finished } = begin(github.cwd, words, env, 'pipe');
    setTimeout(() => child.stdin?.end('hush-hush\n'), 300);
    const { code, stdout, stderr } = await finished;
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout + stderr, /hush-hush/);
    assert.deepEqual(revealSecrets(repositoryNamed(github.double, 'weather')), { T: 'hush-hush' });
  });

  it('ends with its own code where nobody reads what it says', async () => {
    await start();
    const { child, finished } = run(['Weather', '--org', 'acme']);
    child.stderr?.destroy();
    assert.equal((await finished).code, 2);
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
