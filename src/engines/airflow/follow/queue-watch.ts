import { PINS_TASK_ID } from '../../../dag/task-options.ts';
import type { RunEvent } from '../../local/record/run-event.ts';
import type { TaskInstance } from '../rest/task-instances.ts';

/** A worker that is free takes a task within a second or two, on a busy machine within ten. */
const PATIENCE_MS = 20_000;

/**
 * Tells of what is not seen in the table of a run: how far its first task is, and each task that waits in the queue for
 * longer than a worker would need to take it.
 * @returns what is called at each look, with the time since the first one
 */
export function queueWatch(
  emit: (event: RunEvent) => void,
): (instances: readonly TaskInstance[], waitedMs: number) => void {
  const since = new Map<string, number>();
  const told = new Set<string>();
  const tell = (key: string, taskId: string, message: string): void => {
    if (told.has(key)) return;
    told.add(key);
    emit({ type: 'note', taskId, message });
  };
  return (instances, waitedMs) => {
    for (const { taskId, mapIndex, attempt, state } of instances) {
      const key = `${taskId} ${mapIndex} ${attempt}`;
      if (taskId === PINS_TASK_ID && state === 'queued') tell(`${key} queued`, taskId, 'queued');
      if (taskId === PINS_TASK_ID && state === 'running')
        tell(`${key} runs`, taskId, 'looks up the versions');
      if (state !== 'queued') since.delete(key);
      else if (!since.has(key)) since.set(key, waitedMs);
      if (waitedMs - (since.get(key) ?? waitedMs) >= PATIENCE_MS) tell(key, taskId, STUCK);
    }
  };
}

const STUCK = `queued for ${PATIENCE_MS / 1_000} s, and no worker has taken it. hermes airflow status says what is wrong; hermes airflow up starts again what died`;
