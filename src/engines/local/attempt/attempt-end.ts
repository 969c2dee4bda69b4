import type { Run } from '../../../databricks/runs/run.ts';
import { isSuccess, stateWord } from '../../../databricks/runs/run-state.ts';
import type { Attempt, AttemptError } from '../record/run-record.ts';

/** How an attempt came to its end. */
export interface AttemptEnd {
  /** The run as it was seen last; absent when there was none, or its end was not seen. */
  readonly run?: Run;
  /** Why it failed; absent when it succeeded. */
  readonly error?: AttemptError;
  /** We asked for its end and have not seen it: its run may still be going. */
  readonly isUnconfirmed?: true;
}

/** Pure: the attempt with what a run says while it goes. */
export function seenAttempt(attempt: Attempt, run: Run): Attempt {
  const taskRunId = run.tasks[0]?.runId;
  return {
    ...attempt,
    runId: run.runId,
    pageUrl: run.pageUrl,
    remoteState: stateWord(run.state),
    ...(taskRunId === undefined ? {} : { taskRunId }),
  };
}

/** Pure: the attempt at its end. */
export function endedAttempt(
  attempt: Attempt,
  { run, error, isUnconfirmed }: AttemptEnd,
  now: Date,
): Attempt {
  const {
    unconfirmed: _unconfirmed,
    error: _earlier,
    ...rest
  } = run === undefined ? attempt : seenAttempt(attempt, run);
  return {
    ...rest,
    endedAt: (run?.endedAt ?? now).toISOString(),
    ...(run?.durations === undefined ? {} : { durations: run.durations }),
    ...(error === undefined ? {} : { error }),
    ...(isUnconfirmed === undefined ? {} : { unconfirmed: isUnconfirmed }),
  };
}

/** The end of an attempt whose run has ended by itself, or before our cancel reached it. */
export function successOf(run: Run): AttemptEnd | undefined {
  return isSuccess(run.state) ? { run } : undefined;
}
