import type { Compute } from '../compute/compute.ts';
import { endAttempt, executeTask, TaskInterruption } from '../compute/task-execution.ts';
import { maxConcurrentRunsOf } from '../jobs/job-settings.ts';
import { hasRoom } from '../jobs/new-run.ts';
import { resolveTask } from '../jobs/resolve-task.ts';
import { endingOfWhole } from '../jobs/run-intent.ts';
import { type Ending, failureOfOurs, isTerminal } from '../jobs/run-state.ts';
import {
  endRun,
  endTask,
  insertTask,
  intendEnd,
  lastAttempts,
  queueTask,
  type RunIntent,
  type RunRecord,
  releaseNext,
  requestOf,
  runById,
  type TaskRecord,
  taskById,
  tasksOf,
} from '../jobs/runs.ts';
import { findJob, settingsOf } from '../jobs/saved-jobs.ts';
import { type Needs, type Unblocking, unblock } from './unblock.ts';

const STORE_AGAIN_MS = 1_000;

/** What a scheduler knows beside the database: the tasks in its hands, in this process. */
export interface Schedule {
  readonly compute: Compute;
  readonly going: Map<bigint, { readonly interruption: AbortController; readonly done: Promise<void> }>;
  /** Task runs that may start when there is room, in order. */
  readonly waiting: bigint[];
  /** What blocked tasks wait for, see `Unblocking`. */
  readonly needs: Map<bigint, Needs>;
  /** Timeouts of runs. */
  readonly limits: Map<bigint, AbortController>;
  /** Aborted when the workspace is being stopped. */
  readonly stopping: AbortController;
}

/** Moves a run on after something about its tasks changed: starts what may start, ends the run when all have ended. */
export function advance(schedule: Schedule, runId: bigint): void {
  const { db, clock } = schedule.compute;
  const run = runById(db, runId);
  if (run !== undefined && run.ended === null) {
    const last = lastAttempts(tasksOf(db, runId));
    const tasks = run.held === null ? unblock(unblocking(schedule), last) : last;
    if (tasks.every((task) => isTerminal(task.life))) {
      endRun(db, runId, endingOfWhole(run), clock.now());
      for (const task of tasks) schedule.needs.delete(task.run_id);
      schedule.limits.get(runId)?.abort();
      schedule.limits.delete(runId);
      if (run.trigger_kind !== null) releaseHeld(schedule, run.job_id);
    }
  }
  pump(schedule);
}

/** Takes up a run that was stored, or taken up again for a repair; one that waits for another run of its job waits on. */
export function startRun(schedule: Schedule, runId: bigint): void {
  const { db } = schedule.compute;
  if (runById(db, runId)?.held !== null) return;
  for (const task of lastAttempts(tasksOf(db, runId)))
    if (task.life === 'QUEUED') enqueue(schedule, task.run_id);
  advance(schedule, runId);
}

/** Starts runs of a job that wait for others of it, as far as there is room. */
export function releaseHeld(schedule: Schedule, jobId: bigint): void {
  const { db } = schedule.compute;
  const job = findJob(db, jobId);
  if (job === undefined || schedule.stopping.signal.aborted) return;
  const limit = maxConcurrentRunsOf(settingsOf(job));
  while (hasRoom(db, jobId, limit)) {
    const next = releaseNext(db, jobId);
    if (next === undefined) return;
    startRun(schedule, next);
  }
}

/** Puts a task behind those that wait for room. */
export function enqueue({ compute, waiting }: Schedule, taskId: bigint): void {
  queueTask(compute.db, taskId, compute.clock.now());
  if (!waiting.includes(taskId)) waiting.push(taskId);
}

/** Takes a task in hand: `work` brings it to its ending, which is stored; then it is tried again or the run moves on. */
export function launch(
  schedule: Schedule,
  run: RunRecord,
  task: TaskRecord,
  work: (signal: AbortSignal) => Promise<Ending>,
): void {
  limitRun(schedule, run);
  const interruption = new AbortController();
  const carry = async (): Promise<void> => {
    const ending = await work(interruption.signal).catch(failureOfOurs);
    await stored(schedule, () => endAttempt(schedule.compute, task.run_id, ending));
    schedule.going.delete(task.run_id);
    if (mayRetry(schedule, task, ending)) await stored(schedule, () => retry(schedule, task));
    await stored(schedule, () => advance(schedule, run.run_id));
  };
  schedule.going.set(task.run_id, { interruption, done: carry() });
}

/** Stores what must not be lost, trying again while the disk is full. */
async function stored({ compute, stopping }: Schedule, write: () => void): Promise<void> {
  for (;;) {
    try {
      write();
      return;
    } catch (error) {
      if (stopping.signal.aborted) throw error;
      await compute.pace.sleep(STORE_AGAIN_MS, stopping.signal).catch(() => undefined);
    }
  }
}

/** Ends a run as a whole: every task that has not ended, going or not. */
export function endWhole(schedule: Schedule, runId: bigint, intent: RunIntent, by: string): void {
  const { db } = schedule.compute;
  intendEnd(db, runId, intent, by);
  const run = runById(db, runId);
  const ending = run === undefined ? undefined : endingOfWhole(run);
  if (ending === undefined) return;
  for (const task of lastAttempts(tasksOf(db, runId))) interrupt(schedule, task, ending);
  advance(schedule, runId);
}

/** Waits before the next attempt of a task, then queues it. */
export function waitForRetry(schedule: Schedule, taskId: bigint, waitMs: number): void {
  const { db, clock } = schedule.compute;
  const wake = (): void => {
    if (taskById(db, taskId)?.life !== 'WAITING_FOR_RETRY') return;
    enqueue(schedule, taskId);
    pump(schedule);
  };
  if (waitMs === 0) wake();
  else clock.sleep(waitMs, schedule.stopping.signal).then(wake, () => undefined);
}

function unblocking(schedule: Schedule): Unblocking {
  const { db, clock } = schedule.compute;
  const { needs } = schedule;
  return { db, needs, now: () => clock.now(), enqueue: (taskId) => enqueue(schedule, taskId) };
}

function pump(schedule: Schedule): void {
  const { compute, going, waiting } = schedule;
  while (going.size < compute.maxConcurrent) {
    const taskId = waiting.shift();
    if (taskId === undefined) return;
    const task = taskById(compute.db, taskId);
    const run = task === undefined ? undefined : runById(compute.db, task.parent);
    if (task?.life === 'QUEUED' && run !== undefined)
      launch(schedule, run, task, (signal) =>
        executeTask(compute, run, resolveTask(compute.db, run, task), signal),
      );
  }
}

function mayRetry({ compute }: Schedule, task: TaskRecord, ending: Ending): boolean {
  const { maxRetries, retryOnTimeout } = requestOf(task);
  const isRetryable = ending.result === 'FAILED' || (ending.result === 'TIMEDOUT' && retryOnTimeout);
  const isWanted = runById(compute.db, task.parent)?.intent === null;
  return isRetryable && isWanted && (maxRetries < 0 || attemptsBefore(compute.db, task) < maxRetries);
}

/** Attempts of the same run or repair that came before this one. */
function attemptsBefore(db: Compute['db'], task: TaskRecord): number {
  return tasksOf(db, task.parent).filter(
    (other) =>
      other.task_key === task.task_key && other.repair === task.repair && other.attempt < task.attempt,
  ).length;
}

function retry(schedule: Schedule, task: TaskRecord): void {
  const { db, firstRunId } = schedule.compute;
  const request = requestOf(task);
  const { position, repair } = task;
  const place = { attempt: task.attempt + 1, position, repair, life: 'WAITING_FOR_RETRY' } as const;
  const id = insertTask(db, task.parent, request, place, firstRunId);
  waitForRetry(schedule, id, request.minRetryIntervalMs);
}

/** The timeout of a run counts from its first task's start. */
function limitRun(schedule: Schedule, run: RunRecord): void {
  const seconds = run.timeout_seconds;
  if (seconds === 0 || schedule.limits.has(run.run_id)) return;
  const limit = new AbortController();
  schedule.limits.set(run.run_id, limit);
  schedule.compute.clock.sleep(seconds * 1_000, limit.signal).then(
    () => endWhole(schedule, run.run_id, 'timeout', 'timeout'),
    () => undefined,
  );
}

/** Ends one task, going or not. */
export function interrupt({ compute, going }: Schedule, task: TaskRecord, ending: Ending): void {
  const work = going.get(task.run_id);
  if (work !== undefined) work.interruption.abort(new TaskInterruption(ending));
  else if (!isTerminal(task.life)) endTask(compute.db, task.run_id, ending, compute.clock.now());
}
