import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../../setup.ts';
import { begin } from '../spawned-hermes.ts';
import { DAG, type DeployingTeam, deployingTeam } from './a-deploying-team.ts';

describe('hermes airflow deploy', function () {
  this.timeout(60_000);
  let { folder, place, hermes, git, write, commit } = {} as DeployingTeam;

  beforeEach(() => {
    ({ folder, place, hermes, git, write, commit } = deployingTeam());
  });

  it('deploys nothing when there is one mistake', async () => {
    write('dags/two.dag.yaml', DAG('two', '0 99 * * *'));
    const { code, stderr } = await hermes('airflow deploy');
    assert.deepEqual([code, existsSync(place)], [2, false]);
    assert.match(stderr, /^dags\/two\.dag\.yaml:3:11 {2}/);
  });

  it('refuses what only the environment makes a mistake', async () => {
    write('dags/two.dag.yaml', DAG('two', '0 6 * * *', ', script_version: feature/x'));
    const { code, stderr } = await hermes(`airflow deploy --env prod --to ${place}`);
    assert.deepEqual([code, existsSync(place)], [2, false]);
    assert.match(
      stderr,
      /Task "clean" asks for the branch feature\/x, whose builds exist in development only\./,
    );
  });

  it('only says with --plan what it would do', async () => {
    const { stdout } = await hermes('airflow deploy --plan');
    const head = git('rev-parse', 'HEAD').slice(0, 7);
    assert.equal(
      stdout,
      `weather · dev · ${head} → file://${place}\n  + one\n1 DAG: 1 added\nNothing was deployed. To do it, leave --plan out.\n`,
    );
    assert.equal(existsSync(place), false);
  });

  it('deploys no pull request', async () => {
    const jenkins = { JENKINS_URL: 'https://j', CHANGE_ID: '7', CHANGE_BRANCH: 'x', CHANGE_TARGET: 'master' };
    const { code, stderr } = await hermes('airflow deploy', jenkins);
    assert.deepEqual([code, existsSync(place)], [2, false]);
    assert.match(stderr, /^Cannot deploy: this is the CI run of a pull request, which is not merged\.\n/);
    assert.equal((await hermes('airflow deploy --plan', jenkins)).code, 0);
  });

  it('deploys in CI into no folder that goes with the run, and elsewhere as ever where nobody named a place', async () => {
    write('hermes.yaml', 'hermes: "*"\nteam: weather\n');
    commit();
    const runners = [
      { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main' },
      { TRAVIS: 'true', TRAVIS_EVENT_TYPE: 'push', TRAVIS_BRANCH: 'main' },
      { JENKINS_URL: 'https://j', BRANCH_NAME: 'main' },
      { CI: 'true' },
    ];
    const lost = join(folder, '.hermes', 'airflow-dags', 'dev');
    for (const runner of runners)
      assert.deepEqual(await hermes('airflow deploy', runner), {
        code: 2,
        stdout: '',
        stderr: `Cannot deploy to dev [place=file://${lost}]: hermes.yaml names no airflow.dev.dags, and this folder goes with the run of CI.\nName it in hermes.yaml: airflow: { dev: { dags: s3://acme-airflow-dev } }. On a runner that keeps its disk, set HERMES_HOME to a folder outside of the checkout.\n`,
      });
    assert.equal(existsSync(lost), false);
    const home = temporaryFolder();
    const kept = await hermes('airflow deploy', { ...runners[1], HERMES_HOME: home });
    assert.deepEqual([kept.code, existsSync(join(home, 'airflow-dags', 'dev'))], [0, true], kept.stderr);
    assert.equal((await hermes('airflow deploy --plan', runners[0])).code, 0, 'a plan loses nothing');
    const byHand = await hermes('airflow deploy');
    assert.deepEqual([byHand.code, existsSync(lost)], [0, true], byHand.stderr);
  });

  it('puts no older commit over a newer one, unless it is forced to', async () => {
    const older = git('rev-parse', 'HEAD');
    write('dags/two.dag.yaml', DAG('two'));
    const newer = commit();
    assert.equal((await hermes('airflow deploy')).code, 0);
    git('checkout', '--quiet', older);
    const { code, stderr } = await hermes('airflow deploy');
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `Cannot deploy commit ${older.slice(0, 7)}: it is older than ${newer.slice(0, 7)}, which was deployed before.\nTo go back, use: hermes airflow rollback --env dev --reason "…". To deploy this commit nevertheless, add --force.\n`,
    );
    const forced = await hermes('airflow deploy --force');
    assert.equal(
      forced.stdout,
      `weather · dev · ${older.slice(0, 7)} → file://${place}\n  - two\n1 DAG: 1 removed, 1 unchanged\nAirflow deactivates what is removed, and keeps its history; active runs of it start no further task.\n✓ deployed as 2 in dev\nUndo: hermes airflow rollback --env dev --reason "…"\n`,
    );
  });

  it('names the same place in what it tells to do next', async () => {
    const to = `${place} x`;
    const there = `--to '${to}'`;
    const at = (...words: string[]) => begin(folder, ['airflow', ...words, '--to', to]).finished;
    assert.ok((await at('deploys')).stderr.endsWith(`To do it: hermes airflow deploy --env dev ${there}\n`));
    await at('deploy');
    write('dags/one.dag.yaml', DAG('one', '0 7 * * *'));
    const undo = `Undo: hermes airflow rollback --env dev ${there} --reason "…"\n`;
    assert.ok((await at('deploy')).stdout.endsWith(undo));
    const back = await at('rollback', '--reason', 'late');
    assert.ok(back.stdout.endsWith(`Undo: hermes airflow rollback 2 --env dev ${there} --reason "…"\n`));
    const { stderr } = await at('rollback', 'nine', '--reason', 'late');
    assert.ok(stderr.endsWith(`See the numbers with: hermes airflow deploys --env dev ${there}\n`));
  });

  it('deploys nowhere among the files of the repository but where git ignores it', async () => {
    for (const to of ['dags', 'dags/deployed', 'elsewhere', '.']) {
      const { code, stderr } = await hermes(`airflow deploy --to ${to}`);
      assert.equal(code, 2, to);
      assert.equal(
        stderr,
        `Cannot deploy there: ${JSON.stringify(resolve(folder, to))} is among the files of this repository.\nName a folder outside of the repository, or one that its .gitignore names.\n`,
      );
    }
    assert.deepEqual(readdirSync(join(folder, 'dags')), ['one.dag.yaml']);
    assert.equal((await hermes('airflow deploy --to .hermes/tried')).code, 0);
  });

  it('refuses another repository of the team also without a name on a host, and takes any clone of the same', async () => {
    await hermes('airflow deploy');
    const clone = join(temporaryFolder(), 'clone');
    git('clone', '--quiet', folder, clone);
    write('dags/one.dag.yaml', DAG('one', '0 7 * * *'));
    writeFileSync(join(clone, 'dags', 'one.dag.yaml'), DAG('one', '0 8 * * *'));
    assert.equal((await begin(clone, ['airflow', 'deploy']).finished).code, 0);
    rmSync(join(folder, '.git'), { recursive: true });
    git('init', '--quiet');
    commit();
    const { code, stderr } = await hermes('airflow deploy');
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^Cannot deploy for team weather: its DAGs there come from the repository that begins with commit [0-9a-f]{7}, and this is one that begins with commit [0-9a-f]{7}\.\n/,
    );
  });

  it('says what git said of a repository that does not exist', async () => {
    const { code, stderr } = await hermes('airflow deploy --to git+file:///nix.git#main');
    assert.equal(code, 3);
    assert.match(
      stderr,
      /^Cannot work with the repository of DAGs \[to=git\+file:\/\/\/nix\.git#main\]: fatal: '\/nix\.git' does not appear to be a git repository\n/,
    );
  });

  it('lists what was deployed, and says in JSON what stands', async () => {
    assert.match(
      (await hermes('airflow deploys')).stderr,
      /^Nothing of team weather is deployed in dev yet \(file:/,
    );
    await hermes('airflow deploy');
    write('dags/one.dag.yaml', DAG('one', '0 7 * * *'));
    await hermes('airflow deploy', {
      CI: '1',
      JENKINS_URL: 'https://j',
      BUILD_URL: 'https://j/1',
      BRANCH_NAME: 'master',
    });
    await hermes('airflow rollback --reason late');
    const { stdout } = await hermes('airflow deploys');
    const when = String.raw`2\d{3}-\d\d-\d\d \d\d:\d\d`;
    const rows = stdout.trimEnd().split('\n');
    assert.equal(rows[0], 'DEPLOY              WHEN (UTC)         COMMIT          WHO    DAGS   CHANGE');
    assert.match(
      rows[1] ?? '',
      RegExp(String.raw`^3 +← stands   ${when}   [0-9a-f]{7} +\w+ +1 +~1 +back to 1: late$`),
    );
    assert.match(rows[2] ?? '', RegExp(String.raw`^2 +${when}   [0-9a-f]{7}\+edits   Ana +1 +~1$`));
    const [newest, second] = (await hermes('airflow deploys --json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      [newest.number, newest.current, newest.state, newest.restores, newest.reason],
      [3, true, 'whole', 1, 'late'],
    );
    assert.deepEqual(
      [second.by, second.run, second.edited, second.current],
      ['Ana', 'https://j/1', true, false],
    );
  });

  it('lists a deploy that was cut short', async () => {
    await hermes('airflow deploy');
    const current = join(place, 'deploys', 'current', 'weather.json');
    const { record, ...rest } = JSON.parse(readFileSync(current, 'utf8'));
    writeFileSync(current, JSON.stringify({ ...rest, record: { ...record, number: 2 }, state: 'writing' }));
    const rows = (await hermes('airflow deploys')).stdout
      .split('\n')
      .map((row) => row.replace(/ {2,}/g, ' ').slice(0, 26));
    assert.deepEqual(rows.slice(1, 3), [
      '2 ← at work, or cut short ',
      `1 ${record.at.slice(0, 10)} ${record.at.slice(11, 16)} ${record.commit.slice(0, 7)}`,
    ]);
  });
});
