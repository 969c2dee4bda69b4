import { strict as assert } from 'node:assert';
import { operators } from '../../../operators/registry.ts';
import { parseJson, stringifyJson } from '../../../src/core/json.ts';
import { changedPins, compareRuns } from '../../../src/engines/local/again/compare-runs.ts';
import { overrideRecord } from '../../../src/engines/local/again/override-record.ts';
import { planRerun, type RerunRequest } from '../../../src/engines/local/again/rerun.ts';
import { parseOverride } from '../../../src/engines/local/plan/override-dag.ts';
import { planSubmits } from '../../../src/engines/local/plan/plan-submit.ts';
import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
import { startPlanned } from '../../../src/engines/local/run-dag.ts';
import { pinOf, run, surroundings, type TestTask, testBench } from './engine-under-test.ts';

const TASKS: readonly TestTask[] = [
  ['clean', 'good', { parameters: ['--day', '{{ ds }}', '--run', '{{ run_id }}'] }],
  ['report', 'raises', { dependsOn: ['clean'], retries: 0 }],
];
const NOW = new Date('2026-02-01T00:00:00Z');
const DRIVER = { pid: process.pid, startedAt: '' };
const more = { logicalDate: new Date('2026-01-31T06:00:00Z'), params: { city: 'Seattle' } };

const again = (record: RunRecord, request: Partial<RerunRequest> = {}): RunRecord =>
  planRerun({ record, host: record.host, ...request }, NOW, DRIVER);
/** As the record comes back from disk. */
const stored = (record: RunRecord): RunRecord => parseJson(stringifyJson(record)) as unknown as RunRecord;
const differences = (before: RunRecord, after: RunRecord) =>
  compareRuns(before, after, planSubmits(after, surroundings).plans);

describe('repeating a DAG run', () => {
  it('is a run of its own with the same artifacts, params and date, which says what it repeats', async () => {
    const bench = testBench();
    const first = stored(await run(bench, TASKS, {}, more));
    const second = await startPlanned(again(first), surroundings, bench);
    assert.deepEqual(
      [second.runId, second.rerunOf, second.logicalDate, second.params],
      [
        'manual__2026-02-01T00:00:00.000+00:00',
        { dagId: 'seattle', runId: 'manual__1' },
        '2026-01-31T06:00:00.000Z',
        { city: 'Seattle' },
      ],
    );
    assert.deepEqual(
      second.tasks.map(({ pin }) => pin),
      first.tasks.map(({ pin }) => pin),
    );
    const tokens = bench.databricks.started.map(({ body }) => body.idempotency_token);
    assert.equal(new Set(tokens).size, 4);
    assert.deepEqual(differences(first, second), []);
    assert.deepEqual(stored(first), await bench.store.read('seattle', 'manual__1'));
  });

  it('takes single tasks, which then wait for no other', async () => {
    const first = await run(testBench(), TASKS, {}, more);
    const second = again(first, { taskIds: ['report'] });
    assert.deepEqual(
      second.tasks.map(({ taskId, upstream, state, attempts }) => [taskId, upstream, state, attempts]),
      [['report', [], 'none', []]],
    );
  });

  it('says what it would send otherwise, but not what other artifacts bring along', async () => {
    const first = stored(await run(testBench(), TASKS, {}, more));
    const pins = new Map([
      [
        'clean',
        pinOf({ team: 'weather', project: 'observations', script: 'good', scriptVersion: 'latest' }, '2.0.0'),
      ],
    ]);
    const second = again(first, { pins });
    assert.deepEqual(differences(first, second), []);
    assert.deepEqual(
      changedPins(first, second).map(({ taskId, was, is }) => [taskId, was.version, is.version]),
      [['clean', '1.0.0', '2.0.0']],
    );
    const moved = { ...surroundings, variables: withPrefix('live_') };
    assert.deepEqual(compareRuns(first, second, planSubmits(second, moved).plans)[0], {
      taskId: 'clean',
      path: 'new_cluster.spark_env_vars.HERMES_READ_PREFIX',
      was: 'prod_',
      is: 'live_',
    });
  });

  it('replaces options from the record alone, without the DAG file', async () => {
    const first = stored(await run(testBench(), TASKS, { retryDelaySeconds: 7 }, more));
    const overrides = ['clean.parameters=[a]', 'clean.script_version=1.4', 'clean.retries=3'];
    const changed = overrideRecord(first, overrides.map(parseOverride), operators);
    const clean = changed.get('clean');
    assert.deepEqual([...changed.keys()], ['clean']);
    assert.deepEqual(
      [clean?.retries, clean?.retryDelaySeconds, clean?.plan.artifacts?.scriptVersion, clean?.upstream],
      [3, 7, '1.4', []],
    );
    const [parameter, ...others] = differences(first, again(first, { changed }));
    assert.deepEqual(
      [parameter?.path, parameter?.was, parameter?.is],
      ['spark_python_task.parameters.0', '--day', 'a'],
    );
    assert.ok(others.every(({ path }) => path.startsWith('spark_python_task.parameters.')));
  });

  it('replaces options of a task that reads what another one writes, also of a run that repeated it alone', async () => {
    const tables: readonly TestTask[] = [
      ['daily', 'good', { outputs: ['products.daily'] }],
      ['monthly', 'good', { inputs: ['products.daily'], dependsOn: ['daily'] }],
    ];
    const first = stored(await run(testBench(), tables, {}, more));
    const set = (record: RunRecord) =>
      overrideRecord(record, [parseOverride('monthly.script_version=1.4')], operators).get('monthly');
    const alone = again(first, { taskIds: ['monthly'] });
    for (const record of [first, alone]) {
      const monthly = set(record);
      assert.equal(monthly?.plan.artifacts?.scriptVersion, '1.4');
      assert.ok(
        stringifyJson(monthly?.plan.submit).includes('"products.daily"'),
        stringifyJson(monthly?.plan.submit),
      );
    }
  });

  it('refuses other options where they are unknown, or the record does not give the task back', async () => {
    const first = stored(await run(testBench(), TASKS, {}, more));
    const set = (record: RunRecord, text: string) => () =>
      overrideRecord(record, [parseOverride(text)], operators);
    assert.throws(set(first, 'cleen.retries=1'), {
      message: 'DAG seattle has no task "cleen". Tasks: clean, report.',
      nextStep: 'Did you mean clean?',
    });
    const bare = { ...first, tasks: first.tasks.map(({ options: _options, ...task }) => task) };
    assert.throws(set(bare, 'clean.retries=1'), {
      message: 'Cannot set an option of task clean: its record does not give back how the task was made',
      nextStep: 'Run the DAG from its file: hermes dag run FILE --set …',
    });
  });
});

function withPrefix(prefix: string) {
  const { hermes_weather } = surroundings.variables as { hermes_weather: object };
  return { hermes_weather: { ...hermes_weather, read_prefix: prefix } };
}
