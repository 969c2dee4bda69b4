import assert from 'node:assert/strict';
import { queueWatch } from '../../../../src/engines/airflow/follow/queue-watch.ts';
import type { TaskInstance } from '../../../../src/engines/airflow/rest/task-instances.ts';

const instance = (taskId: string, state: string, attempt = 1) =>
  ({ taskId, state, attempt, mapIndex: -1 }) as TaskInstance;

describe('the queue of a run on Airflow', () => {
  let told: string[];
  const watch = () => {
    told = [];
    return queueWatch((event) => {
      if (event.type === 'note') told.push(`${event.taskId}: ${event.message}`);
    });
  };
  const STUCK =
    'clean: queued for 20 s, and no worker has taken it. hermes airflow status says what is wrong; hermes airflow up starts again what died';

  it('is told of once when no worker takes a task', () => {
    const look = watch();
    for (const ms of [0, 19_500]) look([instance('clean', 'queued')], ms);
    assert.deepEqual(told, []);
    for (const ms of [20_000, 20_500]) look([instance('clean', 'queued')], ms);
    assert.deepEqual(told, [STUCK]);
  });

  it('is not told of when a task runs in between, or another attempt begins', () => {
    const look = watch();
    look([instance('clean', 'queued')], 0);
    look([instance('clean', 'running')], 10_000);
    look([instance('clean', 'queued')], 20_000);
    look([instance('clean', 'queued', 2)], 39_000);
    assert.deepEqual(told, []);
  });

  it('shows how far the task is that looks up the versions', () => {
    const look = watch();
    for (const state of ['scheduled', 'queued', 'queued', 'running', 'success'])
      look([instance('resolve_artifacts', state)], 0);
    assert.deepEqual(told, ['resolve_artifacts: queued', 'resolve_artifacts: looks up the versions']);
  });
});
