import type { Compute } from '../compute/compute.ts';
import { cancelled } from '../jobs/run-state.ts';
import { activeRuns, lastAttempts, taskById, tasksOf } from '../jobs/runs.ts';
import { jobTimer } from './job-timer.ts';
import { recoverRuns } from './recovery.ts';
import { advance, endWhole, interrupt, type Schedule, startRun } from './schedule.ts';

/** Starts tasks when those before them are done and there is room, and carries runs to their end. */
export interface Scheduler {
  /** Takes up a run that was just stored. */
  start(runId: bigint): void;
  /** Ends a run, or one of its tasks; a run that has ended keeps its outcome. */
  cancel(id: bigint, by: string): void;
  /** A job was saved, changed or deleted: its next start by itself may be another. */
  jobsChanged(): void;
  /** Settles what an earlier server left: adopts drivers that live, reads results, ends what is lost. */
  recover(): void;
  isStopping(): boolean;
  /** Cancels everything and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** `limitsRequire`: see `evaluatePolicy`; for jobs that start by themselves. */
export function createScheduler(compute: Compute, limitsRequire = true): Scheduler {
  const schedule: Schedule = {
    compute,
    going: new Map(),
    waiting: [],
    needs: new Map(),
    limits: new Map(),
    stopping: new AbortController(),
  };
  const { db } = compute;
  const timer = jobTimer({ ...compute, limitsRequire }, schedule.stopping.signal, (runId) =>
    startRun(schedule, runId),
  );
  return {
    start: (runId) => startRun(schedule, runId),
    cancel: (id, by) => cancel(schedule, id, by),
    recover: () => {
      recoverRuns(schedule);
      timer.begin();
    },
    jobsChanged: () => timer.wake(),
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
