import type { JsonObject } from '../../../core/json.ts';
import type { Journal } from '../record/journal.ts';
import { type Attempt, lastAttempt, type TaskRecord } from '../record/run-record.ts';
import type { Workbench } from '../workbench.ts';

/** What running one task needs. */
export interface TaskContext {
  readonly bench: Workbench;
  readonly journal: Journal;
  readonly taskId: string;
  /** Body of `runs/submit` for an attempt. */
  readonly payload: (tryNumber: number) => JsonObject;
  /** Ends the task: Ctrl-C, or the time limit of the DAG run. */
  readonly signal: AbortSignal;
}

/**
 * Reason of a signal that ends the watching but not the runs: the workspace or the disk is lost, so nothing can be
 * cancelled or written. The attempts stay open, for a later process to adopt.
 */
export class LetGo extends Error {}

/** Changes the last attempt of the task, and the task's state with it. On disk once the promise is kept. */
export function changeAttempt(
  { journal, taskId }: TaskContext,
  change: (attempt: Attempt) => Attempt,
  state: TaskRecord['state'],
  more: Partial<TaskRecord> = {},
): Promise<void> {
  return journal.changeTask(taskId, (task) => ({
    ...task,
    ...more,
    state,
    attempts: task.attempts.map((each) => (each === lastAttempt(task) ? change(each) : each)),
  }));
}

/** Says something that changes no state. */
export function note({ bench, taskId }: TaskContext, message: string): void {
  bench.emit({ type: 'note', taskId, message });
}
