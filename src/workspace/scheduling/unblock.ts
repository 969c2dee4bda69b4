import { settleRunIf } from '../jobs/run-if.ts';
import { endingOfTask, endTask, requestOf, type TaskRecord, taskById } from '../jobs/runs.ts';
import type { PlannedTask } from '../jobs/task-request.ts';
import type { Database } from '../state/database.ts';

/** What a blocked task waits for. */
export type Needs = Pick<PlannedTask, 'dependsOn' | 'runIf'>;

export interface Unblocking {
  readonly db: Database;
  readonly now: () => Date;
  /** By task run; read once, as a run may have a thousand tasks. */
  readonly needs: Map<bigint, Needs>;
  readonly enqueue: (taskId: bigint) => void;
}

/** Ends or queues blocked tasks as far as the tasks before them allow; answers the tasks as they are then. */
export function unblock(unblocking: Unblocking, tasks: readonly TaskRecord[]): TaskRecord[] {
  const current = new Map(tasks.map((task) => [task.task_key, task]));
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const task of current.values()) {
      if (task.life !== 'BLOCKED' || !settle(unblocking, task, current)) continue;
      current.set(task.task_key, taskById(unblocking.db, task.run_id) ?? task);
      isChanged = true;
    }
  }
  return [...current.values()];
}

/** Whether the tasks before a blocked one had ended, so that it does not wait any more. */
function settle(
  { db, now, needs, enqueue }: Unblocking,
  task: TaskRecord,
  tasks: ReadonlyMap<string, TaskRecord>,
): boolean {
  const known = needs.get(task.run_id) ?? requestOf(task);
  const before = known.dependsOn.flatMap((key) => tasks.get(key) ?? []);
  const endings = before.flatMap((other) => endingOfTask(other) ?? []);
  if (endings.length < before.length) {
    needs.set(task.run_id, { dependsOn: known.dependsOn, runIf: known.runIf });
    return false;
  }
  needs.delete(task.run_id);
  const what = settleRunIf(known.runIf, endings);
  if (what === 'run') enqueue(task.run_id);
  else endTask(db, task.run_id, what, now());
  return true;
}
