import type { Compute } from '../compute/compute.ts';
import { cancelled } from '../jobs/run-state.ts';
import { activeRuns, lastAttempts, taskById, tasksOf } from '../jobs/runs.ts';
import { recoverRuns } from './recovery.ts';
import { advance, endWhole, enqueue, interrupt, type Schedule } from './schedule.ts';

/** Starts tasks when those before them are done and there is room, and carries runs to their end. */
export interface Scheduler {
  /** Takes up a run that was just stored. */
  start(runId: bigint): void;
  /** Ends a run, or one of its tasks; a run that has ended keeps its outcome. */
  cancel(id: bigint, by: string): void;
  /** Settles what an earlier server left: adopts drivers that live, reads results, ends what is lost. */
  recover(): void;
  isStopping(): boolean;
  /** Cancels everything and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export function createScheduler(compute: Compute): Scheduler {
  const schedule: Schedule = {
    compute,
    going: new Map(),
    waiting: [],
    limits: new Map(),
    stopping: new AbortController(),
  };
  const { db } = compute;
  return {
    start: (runId) => {
      for (const task of tasksOf(db, runId)) if (task.life === 'QUEUED') enqueue(schedule, task.run_id);
      advance(schedule, runId);
    },
    cancel: (id, by) => cancel(schedule, id, by),
    recover: () => recoverRuns(schedule),
    isStopping: () => schedule.stopping.signal.aborted,
    stop: async () => {
      schedule.stopping.abort(new Error('the workspace is being stopped'));
      for (const run of activeRuns(db)) endWhole(schedule, run.run_id, 'stop', 'workspace');
      await Promise.allSettled([...schedule.going.values()].map((work) => work.done));
    },
  };
}

function cancel(schedule: Schedule, id: bigint, by: string): void {
  const { db } = schedule.compute;
  const task = taskById(db, id);
  const isOnlyTask = task !== undefined && lastAttempts(tasksOf(db, task.parent)).length === 1;
  if (task === undefined || isOnlyTask) {
    endWhole(schedule, task?.parent ?? id, 'cancel', by);
    return;
  }
  interrupt(schedule, task, cancelled());
  advance(schedule, task.parent);
}
