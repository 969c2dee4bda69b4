import assert from 'node:assert/strict';
import { taskOfInstance } from '../../../../src/engines/airflow/follow/task-of-instance.ts';
import type { TaskInstance } from '../../../../src/engines/airflow/rest/task-instances.ts';
import type { TaskRecord } from '../../../../src/engines/local/record/run-record.ts';

const task: TaskRecord = {
  taskId: 'clean',
  upstream: [],
  triggerRule: 'all_success',
  retries: 1,
  retryDelaySeconds: 60,
  retryExponentialBackoff: false,
  plan: { taskId: 'clean', team: 'weather', submit: {} },
  state: 'none',
  attempts: [],
};
const at = (second: number): Date => new Date(Date.UTC(2026, 10, 21, 6, 0, second));
const remote = { runId: '1207', pageUrl: 'http://127.0.0.1:7413/jobs/41/runs/1207' };

function instance(change: Partial<TaskInstance>): TaskInstance {
  return {
    taskId: 'clean',
    mapIndex: -1,
    state: 'running',
    attempt: 1,
    retries: 1,
    startedAt: undefined,
    endedAt: undefined,
    queuedAt: undefined,
    operator: 'DatabricksSubmitRunOperator',
    ...change,
  };
}

describe('a task of Airflow in the words of the local engine', () => {
  it('waits until Airflow has looked at it', () => {
    assert.deepEqual(
      taskOfInstance(task, instance({ state: undefined, attempt: 0 }), undefined, undefined),
      task,
    );
    const scheduled = instance({ state: 'scheduled', attempt: 0 });
    assert.equal(taskOfInstance(task, scheduled, undefined, undefined).state, 'none');
  });

  it('runs while it is deferred, with the link of its run', () => {
    const deferred = instance({ state: 'deferred', queuedAt: at(1), startedAt: at(2) });
    const seen = taskOfInstance(task, deferred, { ...remote, remoteState: 'PENDING' }, undefined);
    assert.equal(seen.state, 'running');
    assert.deepEqual(seen.attempts, [
      { number: 1, token: '', payload: {}, queuedAt: at(1).toISOString(), ...remote, remoteState: 'PENDING' },
    ]);
  });

  it('lasted from its first beginning, though Airflow starts it again when its run has ended', () => {
    const deferred = taskOfInstance(task, instance({ queuedAt: at(1) }), remote, undefined);
    const again = instance({ state: 'success', queuedAt: at(20), startedAt: at(21), endedAt: at(22) });
    const [attempt] = taskOfInstance(deferred, again, remote, undefined).attempts;
    assert.equal(attempt?.queuedAt, at(1).toISOString());
    assert.equal(attempt?.endedAt, at(22).toISOString());
    const late = taskOfInstance(task, again, { ...remote, startedAt: at(3) }, undefined);
    assert.equal(late.attempts[0]?.queuedAt, at(3).toISOString());
  });

  it('is not over before Airflow has seen the end of its run', () => {
    const ended = { ...remote, remoteState: 'SUCCESS', isOver: true };
    const seen = taskOfInstance(task, instance({ queuedAt: at(1) }), ended, undefined);
    assert.equal(seen.attempts[0]?.remoteState, undefined);
  });

  it('keeps the attempts before, and says when the next one comes', () => {
    const error = { message: 'KeyError', actor: 'user', kind: 'user_code' } as const;
    const failed = instance({ state: 'up_for_retry', queuedAt: at(1), endedAt: at(5) });
    const waiting = taskOfInstance(task, failed, remote, error);
    assert.equal(waiting.retryAt, '2026-11-21T06:01:05.000Z');
    assert.deepEqual(waiting.attempts[0]?.error, error);
    const second = taskOfInstance(waiting, instance({ attempt: 2, queuedAt: at(10) }), undefined, undefined);
    assert.deepEqual(
      second.attempts.map(({ number }) => number),
      [1, 2],
    );
    assert.equal(second.retryAt, undefined);
  });

  it('has no attempt when a task before it failed', () => {
    const never = instance({ state: 'upstream_failed', attempt: 0, startedAt: at(1), endedAt: at(1) });
    assert.deepEqual(taskOfInstance(task, never, undefined, undefined), {
      ...task,
      state: 'upstream_failed',
    });
  });
});
