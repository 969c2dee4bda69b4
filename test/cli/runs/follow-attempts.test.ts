import { strict as assert } from 'node:assert';
import { followAttempts } from '../../../src/cli/runs/follow-attempts.ts';
import { planRun } from '../../../src/engines/local/plan/plan-run.ts';
import { thisProcess } from '../../../src/engines/local/record/driver-process.ts';
import type { RunRecord, TaskRecord } from '../../../src/engines/local/record/run-record.ts';
import { pinOf, runRequest, testDag } from '../../engines/local/engine-under-test.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const request = { team: 'weather', project: 'observations', script: 'good', scriptVersion: 'latest' };
const dag = testDag([
  ['one', 'good', { retries: 1 }],
  ['two', 'good'],
]);
const planned = planRun(
  runRequest(dag),
  new Map(['one', 'two'].map((id) => [id, pinOf(request)])),
  NOW,
  thisProcess(),
);

const attempt = (number: number, runId: string, ended: boolean) => ({
  number,
  token: '',
  payload: {},
  queuedAt: `2026-01-01T00:00:0${runId}Z`,
  runId,
  ...(ended ? { endedAt: 'then' } : {}),
});
const retryAt = '2026-01-01T00:05:00Z';

/** The run with other states and attempts of its tasks. */
const stage = (
  one: Partial<TaskRecord>,
  two: Partial<TaskRecord>,
  more: Partial<RunRecord> = {},
): RunRecord => ({
  ...planned,
  ...more,
  tasks: planned.tasks.map((task) => ({ ...task, ...(task.taskId === 'one' ? one : two) })),
});
const STAGES: readonly RunRecord[] = [
  stage({ state: 'running', attempts: [attempt(1, '1', false)] }, {}),
  stage({ state: 'up_for_retry', retryAt, attempts: [attempt(1, '1', true)] }, {}),
  stage({ state: 'up_for_retry', retryAt, attempts: [attempt(1, '1', true)] }, {}),
  stage({ state: 'running', attempts: [attempt(1, '1', true), attempt(2, '2', false)] }, {}),
  stage(
    { state: 'success', attempts: [attempt(1, '1', true), attempt(2, '2', true)] },
    { state: 'running', attempts: [attempt(1, '3', false)] },
  ),
  stage(
    { state: 'success', attempts: [attempt(1, '1', true), attempt(2, '2', true)] },
    { state: 'success', attempts: [attempt(1, '3', true)] },
    { state: 'success' },
  ),
];

async function followed(stages: readonly RunRecord[], taskId?: string): Promise<readonly string[]> {
  const said: string[] = [];
  const left = [...stages];
  const [first = planned] = stages;
  const which = taskId === undefined ? {} : { taskId };
  await followAttempts(
    { record: first, firstRunId: '1', ...which },
    {
      clock: swiftClock(),
      signal: new AbortController().signal,
      read: async () => (left.length > 1 ? left.shift() : left[0]) ?? planned,
      follow: async (runId) => void said.push(`log ${runId}`),
      note: (line) => void said.push(line.replace(/[45]m \d\ds/, '5m')),
    },
  );
  return said;
}

describe('following the logs of a DAG run', () => {
  const RETRY = 'Task one failed; attempt 2 of 2 comes in 5m.';

  it('goes on with the next attempt, and with the tasks after it, until the run has ended', async () => {
    const words = [
      'log 1',
      RETRY,
      'Task one, attempt 2: run 2',
      'log 2',
      'Task two, attempt 1: run 3',
      'log 3',
    ];
    assert.deepEqual(await followed(STAGES), words);
  });

  it('ends with the task that was named', async () => {
    assert.deepEqual(await followed(STAGES, 'one'), ['log 1', RETRY, 'Task one, attempt 2: run 2', 'log 2']);
  });

  it('ends when nobody drives the run, and leaves out what had ended before', async () => {
    const lost = { driver: { pid: 2 ** 22 + 1, startedAt: '0' } };
    const attempts = [attempt(1, '0', true), attempt(2, '1', false)];
    assert.deepEqual(await followed([stage({ state: 'running', attempts }, {}, lost)]), ['log 1']);
  });
});
