import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopWorkspace } from '../../../src/workspace/server/launch.ts';
import { shareAirflow } from '../../airflow-harness.ts';
import { makeRepository, projectFiles, type Repository } from '../../ci/repository.ts';
import { homeOf, run as publish, travis } from '../../ci/run-publish.ts';
import { begin, endSpawned, type Finished } from '../spawned-hermes.ts';

const SCRIPT = `import sys
import time


def main():
    if "fail" in sys.argv:
        raise KeyError("tempMax")
    time.sleep(float(sys.argv[2]))
    print("city", sys.argv[1])


if __name__ == "__main__":
    main()
`;
const DAG = `dag: climate
team: weather
schedule: "0 6 * * *"
start_date: 2026-01-01
params: { city: Seattle, seconds: 0, then: nothing }
tasks:
  clean:
    hermes: { project_name: market, library_version: none, parameters: ["{{ params.city }}", "{{ params.seconds }}"] }
  report:
    after: [clean]
    hermes: { project_name: market, library_version: none, parameters: ["x", "0", "{{ params.then }}"] }
`;
const PYTHON_DAG = `from airflow.sdk import DAG, Param, task
from hermes_airflow import HermesOperator

from by_hand.words import WORDS

with DAG("climate_by_hand", params={"city": Param("Seattle")}, default_args={"team": "weather"}):

    @task
    def plain():
        return 1

    clean = HermesOperator(task_id="clean", project_name="market", parameters=["{{ params.city }}", "0"])
    each = HermesOperator.partial(task_id="each", project_name="market").expand(parameters=WORDS)
    report = HermesOperator(task_id="report", project_name="market", parameters=["x", "0", "fail"])
    plain() >> clean >> each >> report
`;

describe('an Airflow of this machine', function () {
  this.timeout(240_000);
  const home = homeOf();
  const folder = home.airflow('dev');
  let repository: Repository;

  const start = (...args: string[]) => begin(repository.folder, args, { HERMES_HOME: home.root });
  const hermes = (...args: string[]): Promise<Finished> => start(...args).finished;
  const json = async (...args: string[]) => JSON.parse((await hermes(...args, '--json')).stdout);

  before(async () => {
    repository = makeRepository(
      projectFiles('market', { body: SCRIPT, test: 'def test_nothing():\n    pass\n' }),
    );
    await publish(repository, home, travis(repository, 'master'));
    await shareAirflow(join(home.root, 'cache'));
    mkdirSync(join(repository.folder, 'dags'));
    writeFileSync(join(repository.folder, 'dags', 'climate.dag.yaml'), DAG);
  });
  // At once: an Airflow that waits takes a quarter of a processor from the tests that follow.
  after(async () => {
    await endSpawned();
    await hermes('airflow', 'down');
    await stopWorkspace(home.workspace, new AbortController().signal);
  });

  it('is not started for DAGs with mistakes', async () => {
    const file = join(repository.folder, 'dags', 'wrong.dag.yaml');
    writeFileSync(file, 'dag: wrong\nteam: weather\ntasks:\n  a:\n    hermes: { project: market }\n');
    const { code, stderr } = await hermes('airflow', 'up');
    rmSync(file);
    assert.equal(code, 2);
    assert.match(stderr, /^dags\/wrong\.dag\.yaml:5/);
    const none = 'There is no Airflow of dev on this machine: none was started in this folder.';
    const status = await hermes('airflow', 'status');
    assert.equal(status.stdout, `${none} Start it: hermes airflow up\n`);
    assert.equal(status.code, 0);
    assert.equal((await hermes('airflow', 'down')).stdout, `${none}\n`);
  });

  it('goes up with the DAGs of the repository, and says where it is', async () => {
    const { code, stdout, stderr } = await hermes('airflow', 'up');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Airflow 3\.3\.2 started at http:\/\/127\.0\.0\.1:\d+ · dev · 1 DAG\n/);
    assert.match(
      stdout,
      /\nLinks to runs need this one first .*: http:\/\/127\.0\.0\.1:\d+\/login\?code=\S+\n/,
    );
    assert.match(stdout, /\nRun one: {2}hermes airflow run climate\nStop it: {2}hermes airflow down\n$/);
  });

  it('runs a DAG and shows it as hermes dag run does', async () => {
    const { code, stdout, stderr } = await hermes('airflow', 'run', 'climate', '--param', 'city=Oslo');
    assert.equal(code, 0, stdout + stderr);
    const lines = stdout.split('\n');
    assert.match(lines[0] ?? '', /^climate · dev · team weather · run manual__/);
    assert.match(lines[1] ?? '', /^ {2}pinned {2}market \S+ \(latest, [0-9a-f]{7}\)$/);
    for (const task of ['clean ', 'report'])
      assert.match(
        stdout,
        new RegExp(`  ✓ ${task}  SUCCESS +\\S+ +\\S+s   http://127.0.0.1:\\d+/jobs/\\d+/runs/\\d+\\n`),
      );
    assert.match(stdout, /\n2 tasks: 2 ok · \S+s\n$/);
    const runId = /✓ clean .*\/runs\/(\d+)/.exec(stdout)?.[1] ?? '';
    assert.equal((await hermes('runs', 'logs', runId)).stdout, 'city Oslo\n');
  });

  it('shows a failure with its reason, and exits with 1', async () => {
    const { code, stdout } = await hermes('airflow', 'run', 'dags/climate.dag.yaml', '--param', 'then=fail');
    assert.equal(code, 1, stdout);
    assert.match(stdout, /✗ report {2}FAILED .*\n {6}KeyError: 'tempMax' {4}market\/market.py:7\n/);
    assert.match(stdout, /\n {6}Your script raised it\. Last lines: hermes runs logs \d+ --tail 50\n/);
    assert.match(stdout, /\n2 tasks: 1 ok, 1 failed · \S+s\n$/);
    assert.match((await hermes('airflow', 'logs', 'climate', 'last', 'report')).stdout, /ERROR .*KeyError/s);
  });

  it('shows in a run why its versions could not be resolved', async () => {
    const file = join(repository.folder, 'dags', 'missing.dag.yaml');
    const hermesOptions = '{ project_name: market, script_version: 9.9.9 }';
    writeFileSync(file, `dag: missing\nteam: weather\ntasks:\n  a:\n    hermes: ${hermesOptions}\n`);
    const { code, stdout } = await hermes('airflow', 'run', 'missing');
    rmSync(file);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /✗ resolve_artifacts {2}FAILED .*\n.*Cannot resolve the artifacts of this run\.\n/);
    assert.match(stdout, /\n {6}a: .*9\.9\.9/);
  });

  it('takes up DAGs in Python beside the others, and drops those that are gone', async () => {
    const own = join(repository.folder, 'dags', 'by_hand');
    mkdirSync(own);
    writeFileSync(join(own, 'words.py'), 'WORDS = [["Oslo", "0"], ["Rome", "0"]]\n');
    writeFileSync(join(own, 'climate.py'), PYTHON_DAG);
    const { code, stdout, stderr } = await hermes(
      'airflow',
      'run',
      'climate_by_hand',
      '--param',
      'city=Bergen',
    );
    assert.equal(code, 1, stdout + stderr);
    const lines = stdout.split('\n');
    assert.match(lines[0] ?? '', /^climate_by_hand · dev · team weather · run manual__/);
    assert.match(lines[1] ?? '', /^ {2}pinned {2}market \S+ \(latest, [0-9a-f]{7}\)$/);
    assert.match(stdout, / {2}✓ clean +SUCCESS +\S+ +\S+s {3}http:\/\/127.0.0.1:\d+\/jobs\/\d+\/runs\/\d+\n/);
    assert.match(stdout, / {2}✓ each +SUCCESS +\S+ +\S+s\n/);
    assert.match(stdout, / {2}✓ plain +SUCCESS +\S+s\n/);
    assert.match(stdout, / {2}✗ report +FAILED .*\n {6}KeyError: 'tempMax' {4}market\/market.py:7\n/);
    assert.match(stdout, /script_version="BRANCH" of report in dags\/by_hand\/climate\.py\n/);
    assert.match(stdout, /\n4 tasks: 3 ok, 1 failed · \S+s\n$/);
    const runId = /✓ clean .*\/runs\/(\d+)/.exec(stdout)?.[1] ?? '';
    assert.equal((await hermes('runs', 'logs', runId)).stdout, 'city Bergen\n');
    const log = await hermes('airflow', 'logs', 'climate_by_hand', 'last', 'each');
    assert.equal(log.stderr, '');
    assert.match(log.stdout, /^each\[0\] · attempt 1\n[\s\S]*\neach\[1\] · attempt 1\n/);
    rmSync(own, { recursive: true });
    assert.match((await hermes('airflow', 'up')).stdout, / · 1 DAG\n/);
    assert.equal(existsSync(join(folder, 'dags', 'by_hand')), false);
  });

  it('says which Python file Airflow cannot load', async () => {
    const file = join(repository.folder, 'dags', 'wrong.py');
    writeFileSync(file, 'from airflow.sdk import DAG, Nothing\n');
    const { code, stderr } = await hermes('airflow', 'up');
    rmSync(file);
    assert.equal(code, 1);
    assert.match(stderr, /^Airflow cannot load dags\/wrong\.py \[file=wrong\.py\]: ImportError: .*Nothing/m);
  });

  it('leaves a run alone at Ctrl-C, and follows it again', async () => {
    const running = start('airflow', 'run', 'climate', '--run-id', 'mine', '--param', 'seconds=5');
    await running.seen('RUNNING');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.finished;
    assert.equal(code, 1);
    assert.match(
      stderr,
      /the run goes on in Airflow\. Follow it: hermes airflow run climate --env dev --follow mine/,
    );
    const again = await hermes('airflow', 'run', 'climate', '--follow', 'mine');
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.match(again.stdout, /\n2 tasks: 2 ok/);
  });

  it('shows which process was killed, and mends it', async () => {
    const before = await json('airflow', 'status');
    for (const name of ['scheduler', 'triggerer']) {
      const { pid } = before.processes.find((each: { name: string }) => each.name === name);
      process.kill(pid, 'SIGKILL');
    }
    const broken = await hermes('airflow', 'status');
    assert.match(
      broken.stdout,
      /Not running: scheduler, triggerer\. Start again what died: hermes airflow up\n/,
    );
    assert.deepEqual((await json('airflow', 'up')).started, ['scheduler', 'triggerer']);
    assert.deepEqual((await json('airflow', 'up')).started, []);
  });

  it('shows that a worker of the scheduler was killed, and mends it, and what was mended runs tasks', async function () {
    if (process.platform !== 'linux') this.skip();
    const [{ workers }] = JSON.parse(readFileSync(join(folder, 'instance.json'), 'utf8')).processes.filter(
      ({ name }: { name: string }) => name === 'scheduler',
    );
    assert.equal(workers.length, 4);
    process.kill(workers[0].pid, 'SIGKILL');
    assert.match(
      (await hermes('airflow', 'status')).stdout,
      /✗ A worker of the scheduler was killed: tasks may wait for ever\. Mend it: hermes airflow up\n/,
    );
    assert.equal((await hermes('airflow', 'run', 'climate', '--quiet')).code, 0);
    assert.doesNotMatch((await hermes('airflow', 'status')).stdout, /killed/);
  });

  it('goes down without leaving a process, and comes back where it was', async () => {
    const { url } = await json('airflow', 'status');
    const { stdout } = await hermes('airflow', 'down');
    assert.equal(stdout, 'Airflow of dev stopped.\n');
    assert.deepEqual(processesOf(folder), []);
    assert.match((await hermes('airflow', 'status')).stdout, /^Airflow 3\.3\.2 of dev is not up\./);
    assert.equal((await hermes('airflow', 'down')).stdout, 'Airflow of dev is not up.\n');
    assert.equal((await json('airflow', 'up')).url, url);
    const { runs } = await json('airflow', 'status');
    assert.equal(runs.length, 5);
  });
});

/** Pids whose working folder or environment is of an Airflow. */
function processesOf(folder: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`AIRFLOW_HOME=${folder}`);
    } catch {
      return false;
    }
  });
}
