import { stateWord } from '../../../databricks/runs/run-state.ts';
import type { Attempt, AttemptError } from '../record/run-record.ts';
import { type AttemptEnd, successOf } from './attempt-end.ts';
import { endRemoteRun } from './end-remote-run.ts';
import { runEnder } from './run-ender.ts';
import { submitAttempt } from './submit-attempt.ts';
import { note, type TaskContext } from './task-context.ts';
import { TimeLimitReached } from './time-limit.ts';

/** Ends the run of an attempt because of Ctrl-C or a time limit, and says how the attempt ended. */
export async function stopAttempt(context: TaskContext, runId: string): Promise<AttemptEnd> {
  const { bench } = context;
  note(context, `cancelling run ${runId} …`);
  const run = await endRemoteRun(bench, runId, (message) => note(context, message));
  if (run === undefined) {
    const unconfirmed = `; its end is not confirmed, see hermes runs show ${runId}`;
    return { error: reasonOf(context, unconfirmed), isUnconfirmed: true };
  }
  note(context, `run ${runId} has ended: ${stateWord(run.state)}`);
  const error = reasonOf(context, '');
  // It came too late: what is done need not be done again.
  return (error.kind === 'timed_out' ? undefined : successOf(run)) ?? { run, error };
}

function reasonOf({ signal, journal, taskId }: TaskContext, more: string): AttemptError {
  if (!signal.aborted) {
    const seconds = journal.task(taskId).executionTimeoutSeconds;
    const message = `took longer than execution_timeout_seconds = ${seconds}${more}`;
    return { message, actor: 'user', kind: 'timed_out' };
  }
  if (signal.reason instanceof TimeLimitReached)
    return { message: `the DAG run took too long${more}`, actor: 'user', kind: 'timed_out' };
  return runEnder(signal) === 'canceled'
    ? {
        message: `ended from outside: hermes runs cancel, or SIGTERM${more}`,
        actor: 'user',
        kind: 'canceled',
      }
    : { message: `interrupted${more}`, actor: 'user', kind: 'interrupted' };
}

/**
 * Sees an attempt to its end that was asked to end and not seen to, before another one starts beside it: two runs would
 * do the work twice. Answers how it ended, or why the task cannot go on.
 */
export async function settleAttempt(context: TaskContext, attempt: Attempt): Promise<AttemptEnd> {
  const { bench } = context;
  const found = attempt.runId ?? (await submitAttempt(context, attempt));
  if (typeof found !== 'string') return { ...found, ...earlier(attempt) };
  note(context, `run ${found} of the attempt before may still be going: ending it first …`);
  const run = await endRemoteRun(bench, found, (message) => note(context, message));
  if (run !== undefined) return { run, ...(successOf(run) === undefined ? earlier(attempt) : {}) };
  const message = `run ${found} was asked to end and has not yet; another one beside it would do the work twice`;
  return { error: { message, actor: 'platform', kind: 'databricks' }, isUnconfirmed: true };
}

function earlier({ error }: Attempt): Pick<AttemptEnd, 'error'> {
  return error === undefined ? {} : { error };
}
