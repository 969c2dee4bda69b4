import type { Run, RunState } from './run.ts';
import type { Actor } from './run-cause.ts';

const terminal = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR']);

/** Life-cycle states that the Jobs API documents; others count as still going. */
const known = new Set([
  ...terminal,
  'QUEUED',
  'BLOCKED',
  'PENDING',
  'RUNNING',
  'WAITING_FOR_RETRY',
  // The newer `status` says it shorter.
  'WAITING',
  'TERMINATING',
]);

export function isKnownState(state: RunState): boolean {
  return known.has(state.lifeCycle);
}

/** True when the state will not change any more. */
export function isTerminal(state: RunState): boolean {
  return terminal.has(state.lifeCycle);
}

/** Success is `result_state == SUCCESS` and nothing else: TERMINATED is also said of failed and cancelled runs. */
export function isSuccess(state: RunState): boolean {
  return isTerminal(state) && state.result === 'SUCCESS';
}

/** One word for people: the result of an ended run, else its life cycle. */
export function stateWord(state: RunState): string {
  return isTerminal(state) ? (state.result ?? state.lifeCycle) : state.lifeCycle;
}

// Codes that name a cause; the others only say that something went wrong.
// https://docs.databricks.com/api/workspace/jobs/getrun (termination_details.code)
const platformCodes = new Set([
  'INTERNAL_ERROR',
  'DRIVER_ERROR',
  'CLUSTER_ERROR',
  'CLOUD_FAILURE',
  'WORKSPACE_RUN_LIMIT_EXCEEDED',
  'CLUSTER_REQUEST_LIMIT_EXCEEDED',
  'MAX_SPARK_CONTEXTS_EXCEEDED',
  'MAX_JOB_QUEUE_SIZE_EXCEEDED',
  'FEATURE_DISABLED',
  'STORAGE_ACCESS_ERROR',
  'UNAUTHORIZED_ERROR',
  'BUDGET_POLICY_LIMIT_EXCEEDED',
]);

/**
 * Who has to act on a run that ended without success. `INTERNAL_ERROR` of the run is the ordinary shape of a script
 * that raised, so the termination's type decides, then its code, then the state of the task.
 */
export function actorOf(run: Run): Actor {
  const details =
    run.state.termination ?? run.tasks.find((task) => task.state.termination)?.state.termination;
  if (details !== undefined) {
    if (platformCodes.has(details.code)) return 'platform';
    return details.type === 'CLOUD_FAILURE' || details.type === 'INTERNAL_ERROR' ? 'platform' : 'user';
  }
  const raised = run.tasks.some(
    (task) => task.state.lifeCycle === 'TERMINATED' && task.state.result === 'FAILED',
  );
  const ended = ['CANCELED', 'TIMEDOUT'].includes(run.state.result ?? '');
  return raised || ended || run.state.lifeCycle === 'TERMINATED' ? 'user' : 'platform';
}
