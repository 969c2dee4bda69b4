import { HermesError } from '../../../core/errors.ts';
import type { Attempt } from '../record/run-record.ts';
import type { AttemptEnd } from './attempt-end.ts';
import { describeRefusal } from './describe-failure.ts';
import { runEnder } from './run-ender.ts';
import { changeAttempt, note, type TaskContext } from './task-context.ts';
import { type TimeLimit, TimeLimitReached, timeLimit } from './time-limit.ts';

/** How long a submit that is under way may go on after Ctrl-C. */
const LAST_SECONDS = 30;

/**
 * Submits an attempt, or finds the run that an earlier submit of it has started: its token is the same. Answers the
 * run's id, or how the attempt ended without a run.
 * Not stopped by Ctrl-C at once: a submit that is cut off may have started a run that nobody knows.
 * @throws ConnectionError when there is no answer: the run may exist, so the attempt stays open for a later process
 */
export async function submitAttempt(context: TaskContext, attempt: Attempt): Promise<string | AttemptEnd> {
  const patience = afterAbort(context);
  try {
    const { jobs } = context.bench.databricks;
    const runId = await jobs.submitRun(context.payload(attempt.number), patience.signal);
    await changeAttempt(context, (current) => ({ ...current, runId }), 'running');
    return runId;
  } catch (error) {
    if (error instanceof TimeLimitReached) return giveUp(context);
    if (!(error instanceof HermesError) || error.code === 'HERMES_DATABRICKS_UNREACHABLE') throw error;
    return { error: describeRefusal(error) };
  } finally {
    patience.clear();
  }
}

function giveUp(context: TaskContext): AttemptEnd {
  const message = `interrupted; the workspace has not answered whether it took the run`;
  note(context, `${message}: a resume finds it by its token, and ends it`);
  const kind = runEnder(context.signal) ?? 'interrupted';
  return { error: { message, actor: 'user', kind }, isUnconfirmed: true };
}

/** A signal that aborts some time after the task's own. */
function afterAbort({ bench, signal }: TaskContext) {
  const late = new AbortController();
  let limit: TimeLimit | undefined;
  const begin = (): void => {
    const last = timeLimit(bench.clock, LAST_SECONDS);
    last.signal.addEventListener('abort', () => late.abort(last.signal.reason), { once: true });
    limit = last;
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    signal: late.signal,
    clear: () => {
      signal.removeEventListener('abort', begin);
      limit?.clear();
    },
  };
}
