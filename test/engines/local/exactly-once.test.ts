import { strict as assert } from 'node:assert';
import { resumeRun } from '../../../src/engines/local/again/resume-run.ts';
import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
import { openRunStore } from '../../../src/engines/local/record/run-store.ts';
import { memoryDatabricks } from '../../fakes/memory-databricks.ts';
import { temporaryFolder } from '../../setup.ts';
import { run, states, surroundings, type TestBench, type TestTask, testBench } from './engine-under-test.ts';
import { mortalSurroundings, orphan, survives } from './mortal.ts';

const tasks: readonly TestTask[] = [
  ['clean', 'good'],
  ['side', 'raises', { retries: 1, retryDelaySeconds: 60 }],
  ['report', 'good', { dependsOn: ['clean', 'side'], triggerRule: 'all_done' }],
];
const outcome = { clean: 'success', side: 'failed', report: 'success' };

/** Each attempt has one run, and each run belongs to one attempt. */
function assertOneRunEach(
  record: RunRecord,
  { databricks }: Pick<TestBench, 'databricks'>,
  when: string,
): void {
  const attempts = record.tasks.flatMap((task) => task.attempts);
  const ids = attempts.flatMap(({ runId }) => runId ?? []).sort();
  assert.deepEqual(ids, databricks.started.map(({ id }) => id).sort(), when);
  assert.equal(new Set(ids).size, ids.length, when);
  for (const task of record.tasks.filter(({ state }) => state === 'success'))
    assert.equal(task.attempts.length, 1, `${when}: ${task.taskId}`);
}

describe('a run on the workspace for each attempt, and only one', () => {
  it('survives the death of the engine before and after every write and every call', async () => {
    let isOver = false;
    for (let deathAt = 1; !isOver; deathAt++) {
      const { death, store, databricks } = mortalSurroundings();
      death.dieAt(deathAt);
      isOver = await survives(run(testBench({ store, databricks }), tasks));
      death.dieAt(undefined);
      const found = await orphan(store);
      if (isOver) break;
      if (found === undefined) {
        assert.equal(databricks.started.length, 0);
        continue;
      }
      if (found.state !== 'running') continue;
      const next = testBench({ store, databricks });
      const resumed = await resumeRun(found, surroundings, next);
      assert.deepEqual(states(resumed), outcome, `death at step ${deathAt}`);
      assertOneRunEach(resumed, next, `death at step ${deathAt}`);
    }
  });

  it('survives the death of the one that took over, too', async () => {
    for (let first = 3; first < 100; first += 2) {
      const { death, store, databricks } = mortalSurroundings();
      for (const deathAt of [first, 1 + ((first * 7) % 50), 1 + ((first * 13) % 20), undefined]) {
        death.dieAt(undefined);
        const found = await orphan(store);
        if (found !== undefined && found.state !== 'running') break;
        death.dieAt(deathAt);
        const bench = testBench({ store, databricks });
        await survives(found === undefined ? run(bench, tasks) : resumeRun(found, surroundings, bench));
      }
      const record = await store.read('seattle', 'manual__1');
      assert.deepEqual(states(record as RunRecord), outcome, `first death at step ${first}`);
      assertOneRunEach(record as RunRecord, { databricks }, `first death at step ${first}`);
    }
  });

  it('is shared by two engines with the same DAG run on different machines, and cancelled by neither', async () => {
    const databricks = memoryDatabricks();
    let cancels = 0;
    databricks.onCall = (name) => {
      if (name === 'cancelRun') cancels++;
    };
    const records = await Promise.all([
      run(testBench({ databricks }), tasks),
      run(testBench({ databricks }), tasks),
    ]);
    for (const record of records) {
      assert.deepEqual(states(record), outcome);
      assertOneRunEach(record, { databricks }, 'two engines');
    }
    assert.equal(cancels, 0);
  });

  it('says that a run is older than the DAG run that found it', async () => {
    const databricks = memoryDatabricks();
    const { getRun } = databricks.jobs;
    databricks.jobs.getRun = async (id) => ({
      ...(await getRun(id)),
      startedAt: new Date('2025-01-01T00:00:00Z'),
    });
    const bench = testBench({ databricks });
    await run(bench, [['clean', 'good']]);
    const notes = bench.events.flatMap((event) => (event.type === 'note' ? event.message : []));
    assert.deepEqual(notes, [
      'run 1001 was there already, since 2025-01-01T00:00:00.000Z: this DAG run id was used before',
    ]);
  });

  it('is driven by one process at a time: of two that begin at once in a folder, one is refused', async () => {
    const store = openRunStore(temporaryFolder());
    const databricks = memoryDatabricks();
    const both = [1, 2].map(() => run(testBench({ store, databricks }), tasks));
    const refused = (await Promise.allSettled(both)).flatMap((each) =>
      each.status === 'rejected' ? each.reason : [],
    );
    assert.deepEqual(
      refused.map(({ message }) => message),
      ['Cannot start run manual__1 of seattle: there is a run with this id'],
    );
    assert.equal(databricks.started.length, 4);
  });

  it('is taken over by one process at a time', async () => {
    const store = openRunStore(temporaryFolder());
    const { death, databricks, store: mortal } = mortalSurroundings();
    death.dieAt(20);
    await survives(run(testBench({ store: mortal, databricks }), tasks));
    death.dieAt(undefined);
    const found = (await orphan(mortal)) as RunRecord;
    await store.write(found);
    const both = [1, 2].map(() => resumeRun(found, surroundings, testBench({ store, databricks })));
    const results = await Promise.allSettled(both);
    const refused = results.flatMap((each) => (each.status === 'rejected' ? each.reason.message : []));
    assert.deepEqual(refused, [
      `Cannot resume run manual__1 of seattle [process=${process.pid}]: it is still being run`,
    ]);
  });
});
