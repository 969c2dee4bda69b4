import { invalidParameter } from '../wire/api-error.ts';

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
