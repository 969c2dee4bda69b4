import { decideTask } from './decide-task.ts';
import type { Journal } from './record/journal.ts';
import { finishedStates, type RunRecord, type TaskRecord } from './record/run-record.ts';

/** What {@link executeTasks} needs beside the record. */
export interface Execution {
  readonly journal: Journal;
  /** Ends the execution: nothing further starts, and what goes on ends itself. */
  readonly signal: AbortSignal;
  /** Runs a task to its end and leaves its state in the journal. Throws only when the whole execution has to stop. */
  readonly runTask: (taskId: string) => Promise<void>;
  /** Called with the first such error: tells the other tasks to let go. */
  readonly onBreakdown: (error: unknown) => void;
}

/**
 * Runs the tasks of a record in the order of their dependencies, as many at a time as the record allows, until nothing
 * more can start. Tasks that an earlier process left open come first.
 */
export async function executeTasks({ journal, signal, runTask, onBreakdown }: Execution): Promise<void> {
  const running = new Map<string, Promise<void>>();
  for (;;) {
    if (!signal.aborted) {
      await settleWithoutRunning(journal);
      for (const task of startable(journal.record, running)) {
        running.set(
          task.taskId,
          runTask(task.taskId).finally(() => running.delete(task.taskId)),
        );
      }
    }
    if (running.size === 0) return;
    try {
      await Promise.race(running.values());
    } catch (error) {
      onBreakdown(error);
      await Promise.allSettled(running.values());
      throw error;
    }
  }
}

/** Marks tasks that cannot run any more, and what follows from it, until nothing changes. */
async function settleWithoutRunning(journal: Journal): Promise<void> {
  for (;;) {
    const settled = journal.record.tasks.flatMap((task) => {
      const decision = task.state === 'none' ? decide(task, journal.record) : 'wait';
      return decision === 'skipped' || decision === 'upstream_failed' ? [{ task, decision } as const] : [];
    });
    if (settled.length === 0) return;
    for (const { task, decision } of settled) {
      await journal.changeTask(task.taskId, (current) => ({ ...current, state: decision }));
    }
  }
}

function startable(record: RunRecord, running: ReadonlyMap<string, unknown>): readonly TaskRecord[] {
  const idle = record.tasks.filter((task) => !running.has(task.taskId));
  const open = idle.filter((task) => ['queued', 'running', 'up_for_retry'].includes(task.state));
  const ready = idle.filter((task) => task.state === 'none' && decide(task, record) === 'run');
  return [...open, ...ready].slice(0, Math.max(0, record.parallel - running.size));
}

function decide(task: TaskRecord, record: RunRecord): ReturnType<typeof decideTask> {
  const states = task.upstream.map((id) => record.tasks.find((each) => each.taskId === id)?.state ?? 'none');
  return decideTask(task.triggerRule, states);
}

/** The outcome of a DAG run by its last tasks, as in Airflow: failed when one of them failed or could not run. */
export function outcome(record: RunRecord): 'success' | 'failed' {
  const before = new Set(record.tasks.flatMap((task) => task.upstream));
  const leaves = record.tasks.filter((task) => !before.has(task.taskId));
  const isFine = (task: TaskRecord) => task.state === 'success' || task.state === 'skipped';
  const isUnfinished = record.tasks.some((task) => !finishedStates.has(task.state));
  return !isUnfinished && leaves.every(isFine) ? 'success' : 'failed';
}
