import { redactJson } from '../../../core/redaction.ts';
import type { JobsApi } from '../../../databricks/api.ts';
import type { Run, RunOutput } from '../../../databricks/runs/run.ts';
import { failedTask } from '../../../databricks/runs/run-outcome.ts';
import { isTerminal } from '../../../databricks/runs/run-state.ts';
import { type Attempt, type AttemptError, lastAttempt } from '../record/run-record.ts';
import { type AttemptEnd, endedAttempt, seenAttempt, successOf } from './attempt-end.ts';
import { describeFailure } from './describe-failure.ts';
import { retryDelaySeconds } from './retry-delay.ts';
import { runEnder } from './run-ender.ts';
import { settleAttempt, stopAttempt } from './stop-attempt.ts';
import { submitAttempt } from './submit-attempt.ts';
import { changeAttempt, LetGo, note, type TaskContext } from './task-context.ts';
import { timeLimit } from './time-limit.ts';

/** Runs a task to its end, attempt by attempt. Takes up an attempt that an earlier process left open. */
export async function runTask(context: TaskContext): Promise<void> {
  await waitForRetry(context);
  for (;;) {
    if (context.signal.aborted) return endRetry(context);
    if (!(await settleEarlier(context))) return;
    const attempt = await openAttempt(context);
    const end = await runAttempt(context, attempt);
    if (!(await closeAttempt(context, attempt, end))) return;
    await waitForRetry(context);
  }
}

/**
 * Writes how an attempt ended, and in the same stroke what becomes of the task, so that a process that dies finds
 * either nothing or all of it. Answers whether the task is to be tried again.
 */
async function closeAttempt(context: TaskContext, attempt: Attempt, end: AttemptEnd): Promise<boolean> {
  const { bench, journal, taskId, signal } = context;
  const now = bench.clock.now();
  const close = (current: Attempt): Attempt => endedAttempt(current, end, now);
  if (end.error === undefined) {
    await changeAttempt(context, close, 'success');
    return false;
  }
  const task = journal.task(taskId);
  const isFinal = isLasting(end, end.error) || signal.aborted;
  if (isFinal || attempt.number > task.retries) {
    await changeAttempt(context, close, 'failed');
    return false;
  }
  const retryAt = new Date(now.getTime() + retryDelaySeconds(task, attempt.number) * 1000).toISOString();
  await changeAttempt(context, close, 'up_for_retry', { retryAt });
  return true;
}

/** Not tried again: a mistake in the request, what a person has ended, and a submit that nobody lets us make. */
function isLasting({ run }: AttemptEnd, { kind }: AttemptError): boolean {
  return (
    ['interrupted', 'canceled', 'request'].includes(kind) || (kind === 'permission' && run === undefined)
  );
}

/** Whether the task may go on: no run of an attempt before is left, and none of them has done the work. */
async function settleEarlier(context: TaskContext): Promise<boolean> {
  const attempt = lastAttempt(context.journal.task(context.taskId));
  if (attempt?.unconfirmed !== true) return true;
  const end = await settleAttempt(context, attempt);
  const close = (current: Attempt): Attempt => endedAttempt(current, end, context.bench.clock.now());
  const isDone = end.run !== undefined && successOf(end.run) !== undefined;
  await changeAttempt(context, close, isDone ? 'success' : end.isUnconfirmed === true ? 'failed' : 'queued');
  return !isDone && end.isUnconfirmed !== true;
}

/** What waited for its next attempt when a person ended the run is over, as what was running is. */
async function endRetry({ journal, taskId, signal }: TaskContext): Promise<void> {
  const retryEnded = runEnder(signal);
  if (retryEnded === undefined || journal.task(taskId).state !== 'up_for_retry') return;
  await journal.changeTask(taskId, ({ retryAt: _over, ...task }) => ({
    ...task,
    state: 'failed',
    retryEnded,
  }));
}

async function waitForRetry({ bench, journal, taskId, signal }: TaskContext): Promise<void> {
  const { state, retryAt } = journal.task(taskId);
  if (state !== 'up_for_retry' || retryAt === undefined) return;
  const rest = new Date(retryAt).getTime() - bench.clock.now().getTime();
  try {
    if (rest > 0) await bench.clock.sleep(rest, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The attempt that is open, or a fresh one, on disk with its token before anything is sent. */
async function openAttempt({ bench, journal, taskId, payload }: TaskContext): Promise<Attempt> {
  const open = lastAttempt(journal.task(taskId));
  if (open !== undefined && open.endedAt === undefined) return open;
  const number = (open?.number ?? 0) + 1;
  const body = payload(number);
  const attempt: Attempt = {
    number,
    token: String(body.idempotency_token ?? ''),
    payload: redactJson(body),
    queuedAt: bench.clock.now().toISOString(),
  };
  await journal.changeTask(taskId, (task) => {
    const { retryAt: _over, ...rest } = task;
    return { ...rest, state: 'queued', attempts: [...task.attempts, attempt] };
  });
  return attempt;
}

/** Submits and watches one attempt, or ends it; answers how it ended. */
async function runAttempt(context: TaskContext, attempt: Attempt): Promise<AttemptEnd> {
  const found = attempt.runId ?? (await submitAttempt(context, attempt));
  if (typeof found !== 'string') return found;
  const end = await watchWithin(context, attempt, found);
  if ('state' in end) noteEarlierRun(context, attempt, end);
  return 'state' in end ? (successOf(end) ?? { run: end, error: await explain(context, end) }) : end;
}

/** The clocks of two machines may differ by this. */
const CLOCK_SKEW_MS = 60_000;

/** The same DAG run id names the same attempts, also those that another folder or machine started. */
function noteEarlierRun(context: TaskContext, attempt: Attempt, run: Run): void {
  const queuedAt = new Date(attempt.queuedAt).getTime();
  if (run.startedAt === undefined || run.startedAt.getTime() > queuedAt - CLOCK_SKEW_MS) return;
  const when = run.startedAt.toISOString();
  note(context, `run ${run.runId} was there already, since ${when}: this DAG run id was used before`);
}

/** The ended run, or the end that we made of it. */
async function watchWithin(context: TaskContext, attempt: Attempt, runId: string): Promise<Run | AttemptEnd> {
  const { bench } = context;
  const limit = timeLimit(bench.clock, remainingSeconds(context, attempt));
  try {
    return await bench.watcher.watch(runId, {
      signal: AbortSignal.any([context.signal, limit.signal]),
      onChange: (run) => {
        // The end is told with its outcome. A write that fails here fails again at the next change, which is awaited.
        if (isTerminal(run.state)) return;
        changeAttempt(context, (current) => seenAttempt(current, run), 'running').catch(() => undefined);
      },
      onTrouble: (message) => note(context, message),
    });
  } catch (error) {
    const isOver = context.signal.aborted || limit.signal.aborted;
    if (!isOver || context.signal.reason instanceof LetGo) throw error;
    return await stopAttempt(context, runId);
  } finally {
    limit.clear();
  }
}

function remainingSeconds({ bench, journal, taskId }: TaskContext, attempt: Attempt): number | undefined {
  const whole = journal.task(taskId).executionTimeoutSeconds;
  if (whole === undefined) return undefined;
  return whole - (bench.clock.now().getTime() - new Date(attempt.queuedAt).getTime()) / 1000;
}

async function explain({ bench, journal, taskId, signal }: TaskContext, run: Run): Promise<AttemptError> {
  return describeFailure(run, await readOutput(bench.databricks.jobs, run, signal), journal.task(taskId).pin);
}

/** The output of the task that failed. The state says that it failed; the output only makes it clearer. */
async function readOutput(jobs: JobsApi, run: Run, signal: AbortSignal): Promise<RunOutput | undefined> {
  const failed = failedTask(run);
  if (failed === undefined) return undefined;
  return jobs.getRunOutput(failed.runId, signal).catch(() => undefined);
}
