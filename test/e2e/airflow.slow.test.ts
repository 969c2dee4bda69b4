import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { importVariables } from '../../src/engines/airflow/rest/bulk-import.ts';
import {
  clearTasks,
  listTaskInstances,
  patchTaskInstance,
  taskLinks,
} from '../../src/engines/airflow/rest/task-instances.ts';
import { taskLog } from '../../src/engines/airflow/rest/task-log.ts';
import type { Seen } from '../fakes/fault-proxy.ts';
import type { RunReply } from '../workspace/workspace-harness.ts';
import { type Attempted, buildOf, openScene, type Scene, signal, until } from './airflow-scene.ts';
import { killBusyWorkers, killComponent } from './airflow-workers.ts';

const LABEL = 'See Databricks Job Run';
const LONG_DAG = 'd'.padEnd(248, 'ag');
const LONG_TASK = 't'.padEnd(247, 'ask');
/** A worker waits for the run, or the triggerer does. */
const WAYS = [
  { way: 'sync', dagId: 'sea_sync', state: 'running' },
  { way: 'deferred', dagId: 'sea_deferred', state: 'deferred' },
] as const;

interface Started {
  readonly run: Attempted;
  /** Of the task while it waits for its run. */
  readonly state: string;
}

/** A DAG of one task, whose script does what the params of a run say. */
const sea = (marks: string, id: string, more: string, script = ''): string => `dag: ${id}
team: weather
params: { what: ok }
tasks:
  work:
    retries: 1
    retry_delay_seconds: 1
    ${more}
    hermes: { project_name: sea, ${script} parameters: ["{{ params.what }}", "${marks}", "{{ run_id }}"] }
`;

const dags = (marks: string): Record<string, string> => ({
  'sea-sync.dag.yaml': sea(marks, 'sea_sync', 'deferrable: false'),
  'sea-deferred.dag.yaml': sea(marks, 'sea_deferred', ''),
  'sea-branch.dag.yaml': sea(marks, 'sea_branch', '', 'script_version: feature/new-sea,'),
  'long.dag.yaml': sea(marks, LONG_DAG, '').replace('  work:', `  ${LONG_TASK}:`),
  'seattle-sync.dag.yaml': readFileSync(
    join(packageRoot, 'demo', 'dags', 'seattle.dag.yaml'),
    'utf8',
  ).replace('dag: seattle_weather_yaml', 'dag: seattle_sync\ndeferrable: false'),
});

describe('a real Airflow, the embedded workspace and a bucket', function () {
  this.timeout(600_000);
  let scene: Scene;
  let marks = '';

  before(async () => {
    scene = await openScene((folder) => {
      marks = folder;
      return dags(folder);
    });
  });

  after(() => scene?.close());

  it('run the DAGs of the demo from their files to SUCCESS, deferred and not', async () => {
    const runs = [];
    for (const dagId of ['seattle_weather', 'seattle_sync'])
      runs.push(await scene.start(dagId, `demo-${dagId}`));
    for (const run of runs) {
      await run.reaches('report', 'success');
      const [clean, report] = await run.remote();
      assert.deepEqual(
        [clean, report].map((each) => each?.state.result_state),
        ['SUCCESS', 'SUCCESS'],
      );
      assert.equal(await linkOf(run, 'report'), report?.run_page_url);
    }
    const product = join(scene.products, 'observations', 'monthly.json');
    assert.equal(JSON.parse(readFileSync(product, 'utf8')).length, 48);
  });

  it('fail with the error of the script, and try again by a new run', () =>
    bothWays(async ({ dagId, way }) => {
      const run = await scene.start(dagId, `${way}-fail`, { what: 'fail' });
      const failed = await run.reaches('work', 'failed');
      assert.equal(failed.attempt, 2);
      const remote = await run.remote();
      assert.deepEqual(results(remote), ['FAILED', 'FAILED']);
      assert.equal(await linkOf(run, 'work'), remote[1]?.run_page_url);
      for (const attempt of [1, 2])
        assert.match(await logOf(run, 'work', attempt), /ValueError: the sea is too high/);
    }));

  it('show the link at once, cancel what is cleared, and repeat the same bytes though latest has moved', async () => {
    const runs = await bothWays(async ({ dagId, way, state }) => {
      const run = await scene.start(dagId, `${way}-clear`, { what: 'wait' });
      await isUnderWay(run, state);
      const [first] = await run.remote();
      assert.equal(await until('the link', () => linkOf(run, 'work')), first?.run_page_url);
      assert.ok((await logOf(run, 'work', 1)).includes(first?.run_page_url ?? '?'));
      return run;
    });
    await scene.publishSea('1.1.0');
    for (const run of runs) await clearTasks(scene.airflow.api, run.key, ['work'], signal);
    for (const run of runs) {
      await until('the second run', () => run.started()[1]);
      assert.equal((await run.remote())[0]?.state.result_state, 'CANCELED');
      run.letGo();
      await run.succeeds();
      await clearTasks(scene.airflow.api, run.key, ['work'], signal);
    }
    for (const run of runs) {
      await until('the third run', () => run.started()[2]);
      await run.reaches('work', 'success');
      assert.deepEqual(results(await run.remote()), ['CANCELED', 'SUCCESS', 'SUCCESS']);
      assert.deepEqual(run.started(), ['1.0.0', '1.0.0', '1.0.0']);
    }
  });

  it('cancel what is marked as failed', () =>
    bothWays(async ({ dagId, way, state }) => {
      const run = await scene.start(dagId, `${way}-mark`, { what: 'wait' });
      await isUnderWay(run, state);
      await patchTaskInstance(scene.airflow.api, run.key, 'work', 'failed', signal);
      await until('the end of the run', async () => (await run.remote())[0]?.state.result_state);
      assert.deepEqual(results(await run.remote()), ['CANCELED']);
      await run.reaches('work', 'failed');
    }));

  it('start one run only when the worker dies before the reply to its submit', async () => {
    scene.proxy.onRequest((seen) => (isSubmit(seen) ? { kind: 'stall reply' } : undefined));
    const runs = await startBoth('unanswered');
    for (const { run } of runs) await until('the script runs', () => run.started()[0]);
    await outliveTheirWorkers(runs);
  });

  it('start one run only when the worker dies before its submit arrives', async () => {
    let asked = 0;
    scene.proxy.onRequest((seen) => {
      if (!isSubmit(seen)) return undefined;
      asked += 1;
      return { kind: 'delay', milliseconds: 120_000 };
    });
    const runs = await startBoth('unsent');
    await until('both submits', () => asked === 2 || undefined);
    await outliveTheirWorkers(runs);
  });

  it('start no second run when a worker or the triggerer dies in the middle of a run', async () => {
    // A scheduler of which workers were killed is started again first.
    await scene.airflow.up();
    const [sync, deferred] = await startBoth('killed');
    assert.ok(sync !== undefined && deferred !== undefined);
    for (const { run, state } of [sync, deferred]) {
      await isUnderWay(run, state);
      await until('the link', () => linkOf(run, 'work'));
    }
    killComponent(scene.airflow.folder, 'triggerer');
    await until('the triggerer is missed', async () =>
      (await scene.airflow.up()).includes('triggerer') ? true : undefined,
    );
    await outliveTheirWorkers([sync]);
    deferred.run.letGo();
    await deferred.run.reaches('work', 'success');
    assert.deepEqual(results(await deferred.run.remote()), ['SUCCESS']);
  });

  it('run a build of a branch in development, and refuse it in production before anything starts', async () => {
    await scene.publishSea('1.3.0', 'feature/new-sea');
    const branch = await scene.start('sea_branch', 'branch-dev');
    await branch.reaches('work', 'success');
    assert.deepEqual(branch.started(), ['feature/new-sea']);

    await importVariables(scene.airflow.api, { hermes_weather: scene.variables.prod }, signal);
    const refused = await scene.start('sea_branch', 'branch-prod');
    await refused.reaches('resolve_artifacts', 'failed');
    assert.match(
      await logOf(refused, 'resolve_artifacts', 1),
      /Cannot run sea feature\/new-sea in production/,
    );
    assert.deepEqual(await refused.remote(), []);

    await scene.publishSea('1.4.0');
    const release = await scene.start('sea_deferred', 'release-prod');
    await release.reaches('work', 'success');
    assert.deepEqual(release.started(), ['1.4.0']);
    const [remote] = await release.remote();
    assert.equal(Reflect.get(remote?.tasks[0]?.new_cluster.custom_tags as object, 'environment'), 'prod');
    await importVariables(scene.airflow.api, { hermes_weather: scene.variables.dev }, signal);
  });

  it('run a DAG and a task whose ids are as long as they may be', async () => {
    const run = await scene.start(LONG_DAG, 'long');
    await run.reaches(LONG_TASK, 'success');
    assert.match(await logOf(run, LONG_TASK, 1), /completed successfully/);
  });

  it('let a run go on whose DAG was removed: at once where a worker waits, else when the DAG is back', async () => {
    const [sync, deferred] = await startBoth('removed');
    assert.ok(sync !== undefined && deferred !== undefined);
    for (const { run, state } of [sync, deferred]) {
      await isUnderWay(run, state);
    }
    const { 'sea-sync.dag.yaml': _removed, 'sea-deferred.dag.yaml': renamed = '', ...others } = dags(marks);
    const left = {
      ...others,
      'sea-renamed.dag.yaml': renamed.replace('dag: sea_deferred', 'dag: sea_renamed'),
    };
    await scene.airflow.load(await buildOf(left), 'sea_renamed');
    for (const { run } of [sync, deferred]) run.letGo();
    await sync.run.reaches('work', 'success');
    await until('the end of the run', async () => (await deferred.run.remote())[0]?.state.result_state);
    await scene.airflow.load(await buildOf(dags(marks)), 'sea_deferred');
    await deferred.run.reaches('work', 'success');
    for (const { run } of [sync, deferred]) assert.deepEqual(results(await run.remote()), ['SUCCESS']);
  });

  /** Airflow cancels no run of a deferred task that is marked or cleared before its triggerer has looked at it. */
  async function isUnderWay(run: Attempted, state: string): Promise<void> {
    await run.reaches('work', state);
    await until('the script runs', () => run.started()[0]);
    const [remote] = await run.remote();
    // A worker names the run in the query, the triggerer in a body.
    const asks = [`/runs/get?run_id=${remote?.run_id}`, '/runs/get'];
    const before = scene.proxy.seen.length;
    await until('somebody asks for the run', () =>
      scene.proxy.seen.slice(before).find(({ path }) => asks.some((one) => path.endsWith(one))),
    );
  }

  function startBoth(name: string): Promise<Started[]> {
    return bothWays(async ({ dagId, way, state }) => {
      return { run: await scene.start(dagId, `${way}-${name}`, { what: 'wait' }), state };
    });
  }

  /** Kills the workers; the next attempt of each task then has the run of the first, and ends with it. */
  async function outliveTheirWorkers(runs: readonly Started[]): Promise<void> {
    assert.ok(killBusyWorkers(scene.airflow.folder) >= runs.length);
    scene.proxy.onRequest(() => undefined);
    for (const { run, state } of runs) {
      await until('the next attempt', async () => {
        const tasks = await listTaskInstances(scene.airflow.api, run.key, signal);
        const task = tasks.find(({ taskId }) => taskId === 'work');
        return task?.attempt === 2 && task.state === state ? task : undefined;
      });
      await until('the script runs', () => run.started()[0]);
      run.letGo();
      await run.reaches('work', 'success');
      assert.equal(run.started().length, 1);
      assert.deepEqual(results(await run.remote()), ['SUCCESS']);
    }
  }

  async function linkOf(run: Attempted, taskId: string): Promise<string | undefined> {
    return (await taskLinks(scene.airflow.api, run.key, taskId, signal))[LABEL] ?? undefined;
  }

  async function logOf(run: Attempted, taskId: string, attempt: number): Promise<string> {
    const entries = await taskLog(scene.airflow.api, run.key, { taskId, attempt }, signal);
    return entries.map(({ event, error = '' }) => `${event} ${error}`).join('\n');
  }
});

function bothWays<T>(work: (way: (typeof WAYS)[number]) => Promise<T>): Promise<T[]> {
  return Promise.all(WAYS.map(work));
}

function results(runs: readonly RunReply[]): (string | undefined)[] {
  return runs.map(({ state }) => state.result_state);
}

function isSubmit({ method, path }: Seen): boolean {
  return method === 'POST' && path.endsWith('/runs/submit');
}
