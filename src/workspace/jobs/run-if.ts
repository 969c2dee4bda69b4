import { invalidParameter } from '../wire/api-error.ts';
import { type Ending, excluded, upstreamEnded } from './run-state.ts';

const CONDITIONS = [
  'ALL_SUCCESS',
  'AT_LEAST_ONE_SUCCESS',
  'NONE_FAILED',
  'ALL_DONE',
  'AT_LEAST_ONE_FAILED',
  'ALL_FAILED',
] as const;

/** When a task runs, by how the tasks before it ended. https://docs.databricks.com/jobs/run-if.html */
export type RunIf = (typeof CONDITIONS)[number];

/** Reads `run_if`. @throws ApiError for a condition that does not exist. */
export function parseRunIf(given: string | undefined, taskKey: string): RunIf {
  const found = CONDITIONS.find((condition) => condition === (given ?? 'ALL_SUCCESS'));
  if (found !== undefined) return found;
  throw invalidParameter(`Task ${taskKey} has run_if ${given}. Allowed: ${CONDITIONS.join(', ')}.`);
}

/**
 * What becomes of a task when all tasks before it have ended: `run`, or how it ends without running. Excluded tasks
 * count as successes; after nothing but excluded ones a task is excluded too, whatever its condition.
 */
export function settleRunIf(runIf: RunIf, before: readonly Ending[]): 'run' | Ending {
  if (before.length === 0) return 'run';
  if (before.every((ending) => ending.result === 'EXCLUDED')) return excluded();
  const bad = before.filter((ending) => !isGood(ending));
  const [cause = before[0]] = bad;
  switch (runIf) {
    case 'ALL_DONE':
      return 'run';
    case 'ALL_SUCCESS':
    case 'NONE_FAILED':
      return bad.length === 0 ? 'run' : upstreamEnded(cause as Ending);
    case 'AT_LEAST_ONE_SUCCESS':
      return bad.length < before.length ? 'run' : upstreamEnded(cause as Ending);
    case 'AT_LEAST_ONE_FAILED':
      return bad.length > 0 ? 'run' : excluded();
    case 'ALL_FAILED':
      return bad.length === before.length ? 'run' : excluded();
  }
}

/** Whether a task after this one may take it for done. */
export function isGood(ending: Ending): boolean {
  return ending.result === 'SUCCESS' || ending.result === 'EXCLUDED';
}
