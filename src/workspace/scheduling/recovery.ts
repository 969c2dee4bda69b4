import { resumeTask } from '../compute/task-execution.ts';
import { brokenTask, isTerminal } from '../jobs/run-state.ts';
import {
  activeRuns,
  endTask,
  lastAttempts,
  type RunRecord,
  requestOf,
  type TaskRecord,
  tasksOf,
} from '../jobs/runs.ts';
import { advance, endWhole, enqueue, launch, releaseHeld, type Schedule, waitForRetry } from './schedule.ts';

// A task that never started goes on only when the workspace was away for a short while: nobody expects last week's run.
const CONTINUE_WITHIN_MS = 10 * 60_000;

/**
 * Settles the runs that a server left when it was killed. A driver that still lives is adopted; one that has ended is
 * judged by the result it wrote; one that is gone without a result is lost. Tasks that had not started go on when
 * the run is not older than 10 minutes.
 */
export function recoverRuns(schedule: Schedule): void {
  const { db } = schedule.compute;
  const active = activeRuns(db);
  for (const run of active) {
    if (run.held !== null) continue;
    for (const task of lastAttempts(tasksOf(db, run.run_id))) recoverTask(schedule, run, task);
    if (run.intent !== null) endWhole(schedule, run.run_id, run.intent, run.intent_by ?? '');
    advance(schedule, run.run_id);
  }
  for (const run of active) if (run.held !== null) releaseHeld(schedule, run.job_id);
}

function recoverTask(schedule: Schedule, run: RunRecord, task: TaskRecord): void {
  const { compute } = schedule;
  if (isTerminal(task.life) || task.life === 'BLOCKED') return;
  if (task.running_at !== null) {
    launch(schedule, run, task, (signal) => resumeTask(compute, run, task, signal));
    return;
  }
  const now = compute.clock.now();
  if (now.getTime() - run.submitted > CONTINUE_WITHIN_MS) {
    const text = 'The workspace went down before the task started. Submit the run again.';
    endTask(compute.db, task.run_id, brokenTask('DRIVER_ERROR', 'INTERNAL_ERROR', text), now);
  } else if (task.life === 'WAITING_FOR_RETRY') {
    waitForRetry(schedule, task.run_id, requestOf(task).minRetryIntervalMs);
  } else enqueue(schedule, task.run_id);
}
