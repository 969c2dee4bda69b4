import { ConfigError } from '../../core/errors.ts';

/** A task that a run does not have. */
export function unknownTask(task: string, runId: string, known: readonly string[]): ConfigError {
  return new ConfigError(`Cannot find task ${task} in run ${runId}. Tasks: ${known.join(', ') || 'none'}`, {
    code: 'HERMES_UNKNOWN_TASK',
    nextStep: 'Name one of them with --task.',
  });
}

/** The first of the tasks that a run does not have, as an error. */
export function requireTasks(wanted: readonly string[], runId: string, known: readonly string[]): void {
  const unknown = wanted.find((task) => !known.includes(task));
  if (unknown !== undefined) throw unknownTask(unknown, runId, known);
}

/** A run that cannot be repeated before it has ended: twice at once would write to the same places. */
export function stillGoing(what: string, reference: string): ConfigError {
  return new ConfigError(`Cannot repeat ${what}: it has not ended yet`, {
    code: 'HERMES_RUN_BUSY',
    nextStep: `Wait for it with: hermes runs watch ${reference}. Or end it with: hermes runs cancel ${reference}`,
  });
}

/** Artifacts of a run that are not what they were. @param next What can be run instead */
export function artifactsGone(runId: string, problems: readonly string[], next: string): ConfigError {
  return new ConfigError(`Cannot repeat run ${runId} as it was: ${problems.join('; ')}`, {
    code: 'HERMES_ARTIFACTS_GONE',
    nextStep: next,
  });
}
