import { strict as assert } from 'node:assert';
import { followRecord } from '../../../src/engines/local/again/follow-record.ts';
import { thisProcess } from '../../../src/engines/local/record/driver-process.ts';
import type { RunEvent } from '../../../src/engines/local/record/run-event.ts';
import type { RunRecord, TaskState } from '../../../src/engines/local/record/run-record.ts';
import type { RunStore } from '../../../src/engines/local/record/run-store.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';
import { run, testBench } from './engine-under-test.ts';

/** The record of a run at several moments, as another process would write it. */
async function moments(...states: readonly (readonly [TaskState, TaskState, RunRecord['state']])[]) {
  const done = await run(testBench(), [
    ['clean', 'good'],
    ['report', 'good', { dependsOn: ['clean'] }],
  ]);
  return states.map(([clean, report, state]): RunRecord => {
    const tasks = done.tasks.map((task, index) => ({ ...task, state: index === 0 ? clean : report }));
    return { ...done, state, tasks, driver: thisProcess() };
  });
}

async function follow(records: readonly RunRecord[]): Promise<{ last: RunRecord; told: string[] }> {
  const [first, ...later] = records;
  assert.ok(first);
  let current = first;
  const store: Pick<RunStore, 'read'> = { read: async () => (current = later.shift() ?? current) };
  const told: string[] = [];
  const emit = (event: RunEvent): void => {
    told.push(event.type === 'task' ? `${event.task.taskId} ${event.task.state}` : event.type);
  };
  const { signal } = new AbortController();
  const last = await followRecord(first, store as RunStore, { clock: swiftClock(), signal, emit });
  return { last, told };
}

describe('a DAG run that another process drives', () => {
  it('is told as it goes, each change once, and what has not begun not at all', async () => {
    const { told, last } = await follow(
      await moments(
        ['running', 'none', 'running'],
        ['running', 'none', 'running'],
        ['success', 'running', 'running'],
        ['success', 'success', 'success'],
      ),
    );
    assert.deepEqual(told, [
      'started',
      'clean running',
      'clean success',
      'report running',
      'report success',
      'ended',
    ]);
    assert.equal(last.state, 'success');
  });

  it('is left once nobody drives it any more', async () => {
    const [record] = await moments(['running', 'none', 'running']);
    assert.ok(record);
    const lost = { ...record, driver: { pid: process.pid, startedAt: 'another time' } };
    const { told, last } = await follow([lost]);
    assert.deepEqual([told, last.state], [['started', 'clean running'], 'running']);
  });

  it('is followed on when another process takes it over', async () => {
    const [going, ended] = await moments(['running', 'none', 'running'], ['success', 'success', 'success']);
    assert.ok(going && ended);
    const lost = { ...going, driver: { pid: process.pid, startedAt: 'another time' } };
    const { told } = await follow([lost, { ...going, driver: thisProcess() }, ended]);
    assert.equal(told.at(-1), 'ended');
  });
});
