/** Life of a run or task, in the words of the Jobs API. */
export type LifeCycle =
  | 'QUEUED'
  | 'BLOCKED'
  | 'PENDING'
  | 'RUNNING'
  | 'WAITING_FOR_RETRY'
  | 'TERMINATING'
  | 'TERMINATED'
  | 'SKIPPED'
  | 'INTERNAL_ERROR';
type Result =
  | 'SUCCESS'
  | 'SUCCESS_WITH_FAILURES'
  | 'FAILED'
  | 'TIMEDOUT'
  | 'CANCELED'
  | 'EXCLUDED'
  | 'UPSTREAM_FAILED'
  | 'UPSTREAM_CANCELED'
  | 'MAXIMUM_CONCURRENT_RUNS_REACHED';
export type TerminationType = 'SUCCESS' | 'CLIENT_ERROR' | 'CLOUD_FAILURE' | 'INTERNAL_ERROR';

/** How a run or task ended. */
export interface Ending {
  readonly life: 'TERMINATED' | 'SKIPPED' | 'INTERNAL_ERROR';
  readonly result: Result;
  readonly message: string;
  readonly code: string;
  readonly type: TerminationType;
  /** Last line of the traceback, and the traceback, when the script raised. */
  readonly error?: string;
  readonly errorTrace?: string;
}

/** How something ended as it is stored; all null while it is going. `ended`: epoch milliseconds. */
export interface Outcome {
  readonly ended: number | null;
  readonly life: LifeCycle | null;
  readonly result: Ending['result'] | null;
  readonly message: string | null;
  readonly code: string | null;
  readonly kind: TerminationType | null;
}

/** What the end of a task needs to be known by for its run. */
export interface EndedTask {
  readonly taskKey: string;
  readonly ending: Ending;
  /** Another task waited for it. The outcome of a run is that of its last tasks. */
  readonly isFollowed?: boolean;
}

const terminal = new Set<string>(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR']);

export function isTerminal(life: string): boolean {
  return terminal.has(life);
}

export const succeeded: Ending = {
  life: 'TERMINATED',
  result: 'SUCCESS',
  message: '',
  code: 'SUCCESS',
  type: 'SUCCESS',
};

/** A script that raised: the task is TERMINATED, its run INTERNAL_ERROR, as in Databricks. */
export function userFailure(error: string, errorTrace: string): Ending {
  const message = 'Workload failed, see run output for details';
  return {
    life: 'TERMINATED',
    result: 'FAILED',
    message,
    code: 'RUN_EXECUTION_ERROR',
    type: 'CLIENT_ERROR',
    error,
    errorTrace,
  };
}

/** A task that did not come to run its script, or lost it. */
export function brokenTask(code: string, type: TerminationType, message: string): Ending {
  return { life: 'INTERNAL_ERROR', result: 'FAILED', message, code, type };
}

/** A task that the workspace itself failed to run. */
export function failureOfOurs(error: unknown): Ending {
  const message = `The workspace could not run the task: ${(error as Error).message}`;
  return brokenTask('INTERNAL_ERROR', 'INTERNAL_ERROR', message);
}

export function cancelled(message = 'Run cancelled.'): Ending {
  return { life: 'TERMINATED', result: 'CANCELED', message, code: 'USER_CANCELED', type: 'CLIENT_ERROR' };
}

export function timedOut(message: string): Ending {
  return { life: 'TERMINATED', result: 'TIMEDOUT', message, code: 'CANCELED', type: 'CLIENT_ERROR' };
}

/** A task that never started because a task before it did not succeed. */
export function upstreamEnded(upstream: Ending): Ending {
  const wasCancelled = upstream.result === 'CANCELED' || upstream.result === 'UPSTREAM_CANCELED';
  return {
    life: 'TERMINATED',
    result: wasCancelled ? 'UPSTREAM_CANCELED' : 'UPSTREAM_FAILED',
    message: `An upstream task ${wasCancelled ? 'was canceled' : 'failed'}.`,
    code: wasCancelled ? 'USER_CANCELED' : 'RUN_EXECUTION_ERROR',
    type: 'CLIENT_ERROR',
  };
}

/** A task that did not run because its `run_if` was not met; it counts as a success. */
export function excluded(): Ending {
  const message = 'The condition under which the task runs was not met.';
  return { life: 'TERMINATED', result: 'EXCLUDED', message, code: 'SKIPPED', type: 'SUCCESS' };
}

/** A run that did not start because as many runs of its job as may were active. */
export function skippedRun(limit: number): Ending {
  return {
    life: 'SKIPPED',
    result: 'MAXIMUM_CONCURRENT_RUNS_REACHED',
    message: `Skipping this run because the limit of ${limit} maximum concurrent runs has been reached.`,
    code: 'MAX_CONCURRENT_RUNS_EXCEEDED',
    type: 'CLIENT_ERROR',
  };
}

/** How a run ended, from the last attempts of its tasks. `override`: it was cancelled or timed out as a whole. */
export function endingOfRun(tasks: readonly EndedTask[], override: Ending | undefined): Ending {
  const bad = tasks.filter(({ ending }) => ending.result !== 'SUCCESS' && ending.result !== 'EXCLUDED');
  if (bad.length === 0) return succeeded;
  if (override !== undefined) return override;
  if (bad.every((task) => task.isFollowed === true)) return withFailures(bad.map((task) => task.taskKey));
  const isSkip = (task: EndedTask): boolean => task.ending.result.startsWith('UPSTREAM_');
  const causes = bad.filter((task) => !isSkip(task));
  const failed = causes.find((task) => task.ending.result !== 'CANCELED') ?? causes[0] ?? bad[0];
  if (failed === undefined) return succeeded;
  if (failed.ending.result === 'CANCELED') return cancelled();
  const skipped = bad.some(isSkip) ? ' This caused all downstream tasks to get skipped.' : '';
  const message = `Task ${failed.taskKey} failed with message: ${sentence(failed.ending.message)}${skipped}`;
  const { code, type } = failed.ending;
  if (failed.ending.result === 'TIMEDOUT')
    return { life: 'TERMINATED', result: 'TIMEDOUT', message, code, type };
  return { life: 'INTERNAL_ERROR', result: 'FAILED', message, code, type };
}

function withFailures(keys: readonly string[]): Ending {
  const message = `The run succeeded, but tasks on its way did not: ${keys.join(', ')}.`;
  const code = 'SUCCESS_WITH_FAILURES';
  return { life: 'TERMINATED', result: code, message, code, type: 'SUCCESS' };
}

/** A run's life while it is going, from its tasks. */
export function lifeOfRun(tasks: readonly LifeCycle[]): LifeCycle {
  const open = tasks.filter((life) => !isTerminal(life));
  if (open.length > 0 && open.every((life) => life === 'TERMINATING' || life === 'BLOCKED')) {
    if (open.includes('TERMINATING')) return 'TERMINATING';
  }
  if (tasks.some((life) => life === 'RUNNING' || life === 'WAITING_FOR_RETRY' || isTerminal(life)))
    return 'RUNNING';
  return tasks.includes('PENDING') ? 'PENDING' : 'QUEUED';
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
