import { strict as assert } from 'node:assert';
import { ConfigError, ConnectionError, RemoteError } from '../../../src/core/errors.ts';
import { resumeRun } from '../../../src/engines/local/again/resume-run.ts';
import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
import { runDag } from '../../../src/engines/local/run-dag.ts';
import {
  pinOf,
  run,
  runRequest,
  surroundings,
  type TestTask,
  testBench,
  testDag,
} from './engine-under-test.ts';

describe('going on with a DAG run', () => {
  it('uses one pin for tasks that ask for the same, also when latest moves meanwhile', async () => {
    const bench = testBench();
    let version = 0;
    const moving = async (request: Parameters<typeof pinOf>[0]) => pinOf(request, `1.0.${version++}`);
    const dag = testDag([
      ['a', 'good'],
      ['b', 'good', { dependsOn: ['a'] }],
    ]);
    const record = await runDag(runRequest(dag), moving, surroundings, bench);
    assert.deepEqual(
      record.tasks.map(({ pin }) => pin?.version),
      ['1.0.0', '1.0.0'],
    );
    await assert.rejects(runDag(runRequest(dag), moving, surroundings, bench), {
      message: 'Cannot start run manual__1 of seattle: there is a run with this id',
    });
  });

  it('repeats the same bytes on a resume, and others only when asked', async () => {
    const bench = testBench();
    const failed = await run(bench, [['clean', 'raises']]);
    const again = await resumeRun(failed, surroundings, testBench({ store: bench.store }));
    assert.equal(again.tasks[0]?.pin?.version, '1.0.0');
    const newest = testBench({ store: bench.store });
    const latest = await resumeRun(failed, surroundings, newest, async (request) => pinOf(request, '2.0.0'));
    assert.equal(latest.tasks[0]?.pin?.version, '2.0.0');
    assert.match(newest.databricks.started[0]?.file ?? '', /raises-2\.0\.0\.py$/);
  });

  it('refuses to resume what has succeeded, or what another process runs', async () => {
    const bench = testBench();
    const record = await run(bench, [['clean', 'good']]);
    await assert.rejects(resumeRun(record, surroundings, bench), {
      message: 'Cannot resume run manual__1 of seattle: it has succeeded',
    });
    await assert.rejects(resumeRun({ ...record, state: 'running' }, surroundings, bench), {
      message: `Cannot resume run manual__1 of seattle [process=${process.pid}]: it is still being run`,
    });
  });

  it('does not repeat what the workspace refuses, and repeats what the platform broke', async () => {
    for (const [error, attempts] of [
      [new ConfigError('Cannot submit the run: no such policy', { code: 'HERMES_POLICY_REFUSED' }), 1],
      [new ConnectionError('Cannot submit the run', { code: 'HERMES_DATABRICKS_UNAUTHENTICATED' }), 1],
      [new RemoteError('Cannot submit the run: quota', { code: 'HERMES_DATABRICKS_REFUSED' }), 3],
    ] as const) {
      const bench = testBench();
      bench.databricks.onCall = () => {
        throw error;
      };
      const record = await run(bench, [['clean', 'good', { retries: 2 }]]);
      assert.equal(record.tasks[0]?.attempts.length, attempts);
      assert.equal(record.tasks[0]?.attempts[0]?.error?.message, error.message);
    }
  });

  it('lets go of the runs when the workspace is lost, so that a resume adopts them', async () => {
    const bench = testBench();
    let calls = 0;
    bench.databricks.onCall = () => {
      if (++calls > 4) throw new ConnectionError('Cannot read run', { code: 'HERMES_DATABRICKS_FORBIDDEN' });
    };
    const tasks: TestTask[] = [
      ['a', 'good'],
      ['b', 'good'],
    ];
    await assert.rejects(run(bench, tasks), ConnectionError);
    const record = await bench.store.read('seattle', 'manual__1');
    assert.equal(record?.state, 'running');
    bench.databricks.onCall = () => undefined;
    const orphaned = { ...(record as RunRecord), driver: { pid: 2 ** 22 + 1, startedAt: '0' } };
    await bench.store.write(orphaned);
    const resumed = await resumeRun(orphaned, surroundings, testBench(bench));
    assert.equal(resumed.state, 'success');
    assert.equal(bench.databricks.started.length, 2);
  });
});
