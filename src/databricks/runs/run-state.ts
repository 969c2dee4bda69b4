import type { RunState } from './run.ts';

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
