import { HermesError } from '../../core/errors.ts';
import { type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import { redact } from '../../core/redaction.ts';
import type { JobsApi } from '../../databricks/api.ts';
import type { Run, RunOutput } from '../../databricks/run.ts';
import { isSuccess, isTerminal, stateWord } from '../../databricks/run-state.ts';
import { describeFailure, describeRefusal } from './describe-failure.ts';
import { endRemoteRun } from './end-remote-run.ts';
import type { Journal } from './journal.ts';
import { retryDelaySeconds } from './retry-delay.ts';
import { type Attempt, type AttemptError, lastAttempt } from './run-record.ts';
import { TimeLimitReached, timeLimit } from './time-limit.ts';
import type { Workbench } from './workbench.ts';

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

/** Runs a task to its end, attempt by attempt. Takes up an attempt that an earlier process left open. */
export async function runTask(context: TaskContext): Promise<void> {
  const { journal, taskId } = context;
  await waitForRetry(context);
  for (;;) {
    if (context.signal.aborted) return;
    const attempt = await openAttempt(context);
    const error = await runAttempt(context, attempt);
    if (error === undefined) return;
    const task = journal.task(taskId);
    // Not tried again: a mistake in the request, and what a person has ended.
    const isFinal = ['interrupted', 'canceled', 'request'].includes(error.kind) || context.signal.aborted;
    if (isFinal || attempt.number > task.retries) return await closeTask(context, error);
    const retryAt = new Date(
      context.bench.clock.now().getTime() + retryDelaySeconds(task, attempt.number) * 1000,
    );
    await journal.changeTask(taskId, (current) => ({
      ...withError(current, error, context),
      state: 'up_for_retry',
      retryAt: retryAt.toISOString(),
    }));
    await waitForRetry(context);
  }
}

type Task = ReturnType<Journal['task']>;

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
    payload: parseJson(redact(stringifyJson(body))) as JsonObject,
    queuedAt: bench.clock.now().toISOString(),
  };
  await journal.changeTask(taskId, (task) => {
    const { retryAt: _over, ...rest } = task;
    return { ...rest, state: 'queued', attempts: [...task.attempts, attempt] };
  });
  return attempt;
}

/** Submits, watches and ends one attempt; answers why it failed, or nothing when it succeeded. */
async function runAttempt(context: TaskContext, attempt: Attempt): Promise<AttemptError | undefined> {
  try {
    const runId = attempt.runId ?? (await submit(context, attempt));
    const run = await watchWithin(context, attempt, runId);
    if (!isSuccess(run.state)) return await explain(context, run);
    await changeAttempt(context, ended(run, context.bench.clock.now()), 'success');
    return undefined;
  } catch (error) {
    if (error instanceof AttemptStopped) return error.reason;
    throw error;
  }
}

/** Not stopped by Ctrl-C: a submit that is cut off may have started a run that nobody knows. */
async function submit(context: TaskContext, attempt: Attempt): Promise<string> {
  try {
    const runId = await context.bench.databricks.jobs.submitRun(context.payload(attempt.number));
    await changeAttempt(context, (current) => ({ ...current, runId }), 'running');
    return runId;
  } catch (error) {
    // Without an answer the run may exist: the attempt stays open, and a later process asks again by its token.
    if (!(error instanceof HermesError) || error.code === 'HERMES_DATABRICKS_UNREACHABLE') throw error;
    throw new AttemptStopped(describeRefusal(error));
  }
}

/** Carries the reason of an attempt that we ended ourselves. */
class AttemptStopped extends Error {
  readonly reason: AttemptError;

  constructor(reason: AttemptError) {
    super(reason.message);
    this.reason = reason;
  }
}

async function watchWithin(context: TaskContext, attempt: Attempt, runId: string): Promise<Run> {
  const { bench, journal, taskId } = context;
  const limit = timeLimit(bench.clock, remainingSeconds(context, attempt));
  try {
    return await bench.watcher.watch(runId, {
      signal: AbortSignal.any([context.signal, limit.signal]),
      onChange: (run) => {
        // The end is told with its outcome. A write that fails here fails again at the next change, which is awaited.
        if (!isTerminal(run.state)) changeAttempt(context, seen(run), 'running').catch(() => undefined);
      },
      onTrouble: (message) => bench.emit({ type: 'note', taskId, message }),
    });
  } catch (error) {
    const isOver = context.signal.aborted || limit.signal.aborted;
    if (!isOver || context.signal.reason instanceof LetGo) throw error;
    throw new AttemptStopped(await stop(context, runId, journal.task(taskId).executionTimeoutSeconds));
  } finally {
    limit.clear();
  }
}

function remainingSeconds({ bench, journal, taskId }: TaskContext, attempt: Attempt): number | undefined {
  const whole = journal.task(taskId).executionTimeoutSeconds;
  if (whole === undefined) return undefined;
  return whole - (bench.clock.now().getTime() - new Date(attempt.queuedAt).getTime()) / 1000;
}

/** Ends the remote run and says why it was ended. */
async function stop(
  context: TaskContext,
  runId: string,
  timeoutSeconds: number | undefined,
): Promise<AttemptError> {
  const { bench, taskId } = context;
  const note = (message: string) => bench.emit({ type: 'note', taskId, message });
  note(`cancelling run ${runId} …`);
  const run = await endRemoteRun(bench, runId, note);
  if (run !== undefined) {
    await changeAttempt(context, ended(run, bench.clock.now()), 'running');
    note(`run ${runId} has ended: ${stateWord(run.state)}`);
  }
  const unconfirmed = run === undefined ? `; its end is not confirmed, see hermes runs show ${runId}` : '';
  if (context.signal.aborted) {
    const overall = context.signal.reason instanceof TimeLimitReached;
    return overall
      ? { message: `the DAG run took too long${unconfirmed}`, actor: 'user', kind: 'timed_out' }
      : { message: `interrupted${unconfirmed}`, actor: 'user', kind: 'interrupted' };
  }
  const message = `took longer than execution_timeout_seconds = ${timeoutSeconds}${unconfirmed}`;
  return { message, actor: 'user', kind: 'timed_out' };
}

async function explain(context: TaskContext, run: Run): Promise<AttemptError> {
  const { bench, journal, taskId, signal } = context;
  await changeAttempt(context, ended(run, bench.clock.now()), 'running');
  return describeFailure(run, await readOutput(bench.databricks.jobs, run, signal), journal.task(taskId).pin);
}

/** The output of the task that failed. The state says that it failed; the output only makes it clearer. */
async function readOutput(jobs: JobsApi, run: Run, signal: AbortSignal): Promise<RunOutput | undefined> {
  const failed = run.tasks.find((task) => !isSuccess(task.state));
  if (failed === undefined) return undefined;
  return jobs.getRunOutput(failed.runId, signal).catch(() => undefined);
}

async function closeTask(context: TaskContext, error: AttemptError): Promise<void> {
  await context.journal.changeTask(context.taskId, (task) => ({
    ...withError(task, error, context),
    state: 'failed',
  }));
}

function withError(task: Task, error: AttemptError, { bench }: TaskContext): Task {
  const at = bench.clock.now().toISOString();
  const attempts = task.attempts.map((each, index) =>
    index === task.attempts.length - 1 ? { ...each, error, endedAt: each.endedAt ?? at } : each,
  );
  return { ...task, attempts };
}

function changeAttempt(
  { journal, taskId }: TaskContext,
  change: (attempt: Attempt) => Attempt,
  state: Task['state'],
): Promise<void> {
  return journal.changeTask(taskId, (task) => ({
    ...task,
    state,
    attempts: task.attempts.map((each, index) => (index === task.attempts.length - 1 ? change(each) : each)),
  }));
}

function seen(run: Run): (attempt: Attempt) => Attempt {
  const taskRunId = run.tasks[0]?.runId;
  return (attempt) => ({
    ...attempt,
    pageUrl: run.pageUrl,
    remoteState: stateWord(run.state),
    ...(taskRunId === undefined ? {} : { taskRunId }),
  });
}

function ended(run: Run, now: Date): (attempt: Attempt) => Attempt {
  return (attempt) => ({ ...seen(run)(attempt), endedAt: (run.endedAt ?? now).toISOString() });
}
