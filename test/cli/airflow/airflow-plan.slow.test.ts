import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hermes, printedObjects } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';

const identity = [
  '-c',
  'user.name=Ada',
  '-c',
  'user.email=ada@example.com',
  '-c',
  'init.defaultBranch=master',
];

function git(folder: string, ...words: string[]): string {
  return execFileSync('git', [...identity, ...words], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

/** A DAG of one task; `extra` are further lines of the task's options. */
function dagText(id: string, schedule: string, extra = ''): string {
  return `dag: ${id}\nteam: weather\nschedule: ${JSON.stringify(schedule)}\ntasks:\n  a: { hermes: { project_name: energy${extra} } }\n`;
}

/** A team's repository with two DAGs on master, and a branch `work` that is checked out. */
function repository(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'dags'));
  writeFileSync(join(folder, 'hermes.yaml'), 'hermes: ^1.0\nteam: weather\n');
  writeFileSync(join(folder, 'dags', 'one.dag.yaml'), dagText('one', '0 6 * * *'));
  writeFileSync(join(folder, 'dags', 'two.dag.yaml'), dagText('two', '0 6 * * *'));
  git(folder, 'init', '--quiet');
  commit(folder, 'start');
  git(folder, 'switch', '--quiet', '--create', 'work');
  return folder;
}

function commit(folder: string, message: string): void {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', message);
}

describe('hermes airflow plan', function () {
  this.timeout(60_000);

  it('says what the work changes since it left its base, committed or not', async () => {
    const folder = repository();
    writeFileSync(
      join(folder, 'dags', 'one.dag.yaml'),
      dagText('one', '0 7 * * *', ', script_version: 1.4.0'),
    );
    commit(folder, 'later');
    rmSync(join(folder, 'dags', 'two.dag.yaml'));
    writeFileSync(join(folder, 'dags', 'three.dag.yaml'), dagText('three', '@weekly'));
    // What others bring to master meanwhile is none of this work.
    const start = git(folder, 'rev-parse', '--short=7', 'master');
    git(folder, 'stash', '--quiet', '--include-untracked');
    git(folder, 'switch', '--quiet', 'master');
    writeFileSync(join(folder, 'dags', 'four.dag.yaml'), dagText('four', '@daily'));
    commit(folder, 'of somebody else');
    git(folder, 'switch', '--quiet', 'work');
    git(folder, 'stash', 'pop', '--quiet');

    const { stdout, exitCode } = await hermes(folder, ['airflow', 'plan', '--markdown', 'plan.md']);
    assert.equal(
      stdout,
      [
        '- two  removed: Airflow deactivates it and keeps its history',
        '    was in dags/two.dag.yaml',
        '+ three  added: every Sunday at 00:00, UTC, 1 task',
        '    in dags/three.dag.yaml',
        '    + a: energy latest of weather',
        '~ one  changed: schedule, 1 task changed',
        '    schedule every day at 06:00, UTC → every day at 07:00, UTC',
        '    a: version latest → 1.4.0',
        'Artifacts',
        '    + energy 1.4.0 of weather: one.a',
        '    - energy latest of weather: one.a',
        '    + energy latest of weather: three.a',
        '    - energy latest of weather: two.a',
        'Cluster policies in dev',
        '    weather: made by the workspace of the machine',
        '',
        `DAGs: 1 added, 1 changed, 1 removed · dev, compared with master at ${start}`,
        '',
      ].join('\n'),
    );
    assert.equal(exitCode, 0);
    assert.match(
      readFileSync(join(folder, 'plan.md'), 'utf8'),
      /^<!-- hermes airflow plan -->\n\*\*DAGs: 1 added/,
    );
    assert.ok(!existsSync(join(folder, '.git', 'worktrees')));
  });

  it('says in one line that nothing changes, and gives programs one object', async () => {
    const folder = repository();
    const short = git(folder, 'rev-parse', '--short=7', 'HEAD');
    const { stdout } = await hermes(folder, ['airflow', 'plan', '--base', 'master']);
    assert.equal(stdout, `No change to the DAGs, compared with master at ${short} (2 DAGs).\n`);
    const [overview, ...others] = printedObjects(
      (await hermes(folder, ['airflow', 'plan', '--json'])).stdout,
    );
    assert.deepEqual([overview.added, overview.changed, overview.removed, overview.unchanged], [0, 0, 0, 2]);
    assert.deepEqual(others, []);
  });

  it('tells what changes in the variables of a team, and of others only that they change', async () => {
    const folder = repository();
    const variable = (prefix: string) => ({
      environment: 'dev',
      production: false,
      artifacts: 's3://acme-dev',
      cluster_policy_id: 'A1',
      read_prefix: prefix,
      products_zone: 's3://acme-products',
      databricks_conn_id: 'databricks_default',
      datadog: { site: 'datadoghq.eu', tags: [] },
    });
    const write = (content: object) =>
      writeFileSync(join(folder, 'variables', 'dev.json'), JSON.stringify(content));
    mkdirSync(join(folder, 'variables'));
    write({ hermes_weather: variable('prod_'), api_key: 'first', gone: 1 });
    commit(folder, 'variables');
    write({ hermes_weather: variable('live_'), api_key: 'second', hermes_sea: {} });
    const { stdout, exitCode } = await hermes(folder, ['airflow', 'plan', '--base', 'work']);
    assert.equal(exitCode, 0);
    assert.equal(
      stdout,
      [
        'Variables of Airflow',
        '    hermes_weather in dev: read_prefix prod_ → live_',
        '    api_key in dev: another value',
        '    - gone in dev',
        '    + hermes_sea in dev',
        `No change to the DAGs, compared with work at ${git(folder, 'rev-parse', '--short=7', 'HEAD')} (2 DAGs).`,
        '',
      ].join('\n'),
    );
  });

  it('shows what a reader of a new DAG asks first: what it is for, its tags and parameters', async () => {
    const folder = repository();
    const text = dagText('new', '@daily', ', parameters: ["--day", "{{ ds }}"]');
    writeFileSync(join(folder, 'dags', 'new.dag.yaml'), `description: Sea levels\ntags: [climate]\n${text}`);
    const { stdout } = await hermes(folder, ['airflow', 'plan', '--base', 'master']);
    assert.match(
      stdout,
      /^\+ new {2}added: .*\n {4}in dags\/new\.dag\.yaml\n {4}description Sea levels\n {4}tags climate\n {4}\+ a: energy latest of weather; parameters \["--day","\{\{ ds \}\}"\]\n/,
    );
  });

  it('reports mistakes of the work and ends with 2', async () => {
    const folder = repository();
    writeFileSync(join(folder, 'dags', 'one.dag.yaml'), dagText('one', 'often'));
    const { stdout, stderr, exitCode } = await hermes(folder, ['airflow', 'plan']);
    assert.equal(exitCode, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^dags\/one\.dag\.yaml:3:11 {2}schedule: "often" is no schedule/);
  });

  it('compares with what can be read of a base that has mistakes, and says so', async () => {
    const folder = repository();
    writeFileSync(join(folder, 'dags', 'one.dag.yaml'), dagText('one', 'often'));
    commit(folder, 'a mistake');
    writeFileSync(join(folder, 'dags', 'one.dag.yaml'), dagText('one', '@hourly'));
    const { stdout, stderr, exitCode } = await hermes(folder, ['airflow', 'plan', '--base', 'work']);
    assert.equal(exitCode, 0);
    assert.match(
      stderr,
      /^! The base has mistakes; what is in these files counts as added:\n {4}dags\/one\.dag\.yaml:3:11 {2}schedule: "often"/,
    );
    assert.match(stdout, /^\+ one {2}added: every hour, UTC, 1 task\n/);
    assert.match(stdout, /DAGs: 1 added, 1 unchanged · dev, compared with work at/);
    rmSync(join(folder, 'dags', 'one.dag.yaml'));
    const gone = await hermes(folder, ['airflow', 'plan', '--base', 'work']);
    assert.match(
      gone.stderr,
      /^! The base has mistakes in files that are gone; which DAGs that removes cannot be said:\n {4}dags\/one\.dag\.yaml:3:11 /,
    );
    assert.match(gone.stdout, /^No change to the other DAGs, /);
  });

  it('takes the target of the pull request that CI names, as origin has it', async () => {
    const origin = repository();
    git(origin, 'switch', '--quiet', 'master');
    const folder = join(temporaryFolder(), 'clone');
    git(origin, 'clone', '--quiet', '--', origin, folder);
    git(folder, 'switch', '--quiet', '--create', 'topic');
    writeFileSync(join(folder, 'dags', 'one.dag.yaml'), dagText('one', '@hourly'));
    commit(folder, 'hourly');
    git(folder, 'switch', '--quiet', '--detach');
    git(folder, 'branch', '--quiet', '-D', 'master');
    const { stdout } = await hermes(folder, ['airflow', 'plan'], {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_BASE_REF: 'master',
      GITHUB_HEAD_REF: 'topic',
    });
    assert.match(stdout, /schedule every day at 06:00, UTC → every hour, UTC/);
    assert.match(stdout, /compared with master at/);
  });

  it('refuses a branch that neither origin nor the clone has, and names one that is like it', async () => {
    const origin = repository();
    const folder = join(temporaryFolder(), 'clone');
    git(origin, 'clone', '--quiet', '--', origin, folder);
    for (const [ref, nextStep] of [
      ['nix', 'Name one that is there: hermes airflow plan --base master'],
      ['mastr', 'Did you mean master?'],
    ]) {
      const { stderr, exitCode } = await hermes(folder, ['airflow', 'plan', '--base', `${ref}`]);
      assert.equal(
        stderr,
        `Cannot compare with ${ref}: there is no such branch, tag or commit.\n${nextStep}\n`,
      );
      assert.equal(exitCode, 2);
    }
  });

  for (const ref of ['--output=/tmp/x', 'no such', '$(touch x)', ':/nothing']) {
    it(`refuses a base that git does not know: ${ref}`, async () => {
      const folder = repository();
      const { stderr, exitCode } = await hermes(folder, ['airflow', 'plan', `--base=${ref}`]);
      assert.equal(
        stderr,
        `Cannot compare with ${ref}: there is no such branch, tag or commit.\nName one that is there: hermes airflow plan --base master\n`,
      );
      assert.equal(exitCode, 2);
      assert.equal(git(folder, 'status', '--porcelain'), '');
    });
  }
});
