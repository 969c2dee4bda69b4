import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { planRun } from '../../../src/engines/local/plan/plan-run.ts';
import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
import { findRun, openRunStore, searchRun } from '../../../src/engines/local/record/run-store.ts';
import { temporaryFolder } from '../../setup.ts';
import { pinOf, runRequest, testDag } from './engine-under-test.ts';

const dag = testDag([['clean', 'clean']]);
const pins = new Map([
  ['clean', pinOf({ team: 'weather', project: 'observations', script: 'clean', scriptVersion: 'latest' })],
]);
const record = (runId: string, startedAt = '2026-01-01T00:00:00Z'): RunRecord =>
  planRun(runRequest(dag, { runId }), pins, new Date(startedAt), { pid: 1, startedAt: '' });

describe('records of runs', () => {
  it('come back as they were written, readable by nobody else', async () => {
    const folder = temporaryFolder();
    const store = openRunStore(folder);
    await store.write(record('manual__1'));
    assert.deepEqual(await store.read('seattle', 'manual__1'), record('manual__1'));
    assert.equal(statSync(join(folder, 'seattle', 'manual__1.json')).mode & 0o777, 0o600);
  });

  it('stay inside their folder and apart, whatever a run is called', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.oneof(fc.string(), fc.constantFrom('..', '../x', '.', 'a/b', 'a_b', 'A', 'last\n')),
          { minLength: 2, maxLength: 4 },
        ),
        async (ids) => {
          const folder = join(temporaryFolder(), 'runs');
          const store = openRunStore(folder);
          for (const id of ids) await store.write(record(id));
          for (const id of ids) assert.equal((await store.read('seattle', id))?.runId, id);
          assert.deepEqual(readdirSync(join(folder, '..')), ['runs']);
          assert.deepEqual(readdirSync(folder), ['seattle']);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('are listed newest first, without files that are no records', async () => {
    const folder = temporaryFolder();
    const store = openRunStore(folder);
    await store.write(record('old', '2026-01-01T00:00:00Z'));
    await store.write(record('new', '2026-01-02T00:00:00Z'));
    writeFileSync(join(folder, 'seattle', 'half.json'), '{"format": 1, "dagId"');
    mkdirSync(join(folder, 'other'));
    const names = (await store.list()).map(({ runId }) => runId);
    assert.deepEqual(names, ['new', 'old']);
    assert.deepEqual(await openRunStore(join(folder, 'nowhere')).list(), []);
    assert.ok(!existsSync(join(folder, 'nowhere')));
  });

  it('are found by run id, by DAG and run id, by Databricks run id, and as the last one', async () => {
    const store = openRunStore(temporaryFolder());
    const [first] = record('first').tasks;
    const attempt = { number: 1, token: 't', payload: {}, queuedAt: '', runId: '1207', taskRunId: '1208' };
    await store.write({
      ...record('first'),
      tasks: first === undefined ? [] : [{ ...first, attempts: [attempt] }],
    });
    await store.write(record('second', '2026-01-02T00:00:00Z'));
    assert.equal((await findRun(store, { reference: 'last' })).record.runId, 'second');
    assert.equal((await findRun(store, { reference: 'seattle/first' })).record.runId, 'first');
    const byTaskRun = await findRun(store, { reference: '1208' });
    assert.deepEqual([byTaskRun.record.runId, byTaskRun.taskId], ['first', 'clean']);
    await assert.rejects(findRun(store, { reference: 'frist' }), {
      message: 'Cannot find run frist: no DAG run and no task of one has this id',
      nextStep: 'Did you mean first? See the runs with: hermes runs list',
    });
    await assert.rejects(findRun(openRunStore(temporaryFolder()), { reference: 'last' }), {
      message: 'Cannot find run last: nothing has run here yet',
    });
  });

  it('are found by a link that may be theirs: of the same job, and of no other workspace', async () => {
    const store = openRunStore(temporaryFolder());
    const [first] = record('first').tasks;
    const pageUrl = 'http://127.0.0.1:7413/jobs/41/runs/1207';
    const attempt = { number: 1, token: 't', payload: {}, queuedAt: '', runId: '1207', pageUrl };
    await store.write({
      ...record('first'),
      tasks: first === undefined ? [] : [{ ...first, attempts: [attempt] }],
    });
    const found = async (host: string, jobId: string, isOther: boolean): Promise<boolean> =>
      (await searchRun(store, { reference: '1207', link: { host, jobId, isOther } })) !== undefined;
    assert.equal(await found('http://127.0.0.1:7413', '41', false), true);
    assert.equal(await found('http://127.0.0.1:7500', '41', false), true);
    assert.equal(await found('http://127.0.0.1:7413', '7', false), false);
    assert.equal(await found('http://127.0.0.1:7413', '41', true), false);
    assert.equal(await found('https://dbc-1.cloud.databricks.com', '41', false), false);
  });
});
