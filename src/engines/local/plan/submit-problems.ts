import { ConfigError } from '../../../core/errors.ts';

/** Why a task cannot start: a template that cannot be rendered, or what a policy refuses. */
export interface SubmitProblem {
  readonly taskId: string;
  readonly message: string;
  /** The one that cannot be rendered, as it was written. */
  readonly template?: string;
}

/** One cause, and every task that it keeps from starting. */
interface SharedProblem {
  /** In the order of the DAG; never empty. */
  readonly taskIds: readonly [string, ...string[]];
  readonly message: string;
  readonly template?: string;
}

/** Beyond so many names a list tells nobody more. */
const NAMED = 5;

/** The same causes, each once. Pure. */
export function shareProblems(problems: readonly SubmitProblem[]): readonly SharedProblem[] {
  const groups = Map.groupBy(problems, ({ message }) => message);
  return [...groups].flatMap(([message, [first, ...others]]) =>
    first === undefined
      ? []
      : [{ ...first, taskIds: [first.taskId, ...others.map(({ taskId }) => taskId)] as const, message }],
  );
}

/** `clean, report`, or the first few and how many more. */
export function taskNames(names: readonly string[]): string {
  if (names.length <= NAMED) return names.join(', ');
  return `${names.slice(0, NAMED - 1).join(', ')} and ${names.length - NAMED + 1} more`;
}

/** A line for each cause, with the tasks in front. */
export function problemLines(problems: readonly SubmitProblem[]): string {
  return shareProblems(problems)
    .map(({ taskIds, message }) => `  ${taskNames(taskIds)}: ${message}`)
    .join('\n');
}

/**
 * @param source Of the run: its DAG file, or the command that made it.
 * @throws ConfigError with all problems
 */
export function requireNoProblems(problems: readonly SubmitProblem[], source: string): void {
  const [first] = problems;
  if (first === undefined) return;
  const tasks = new Set(problems.map(({ taskId }) => taskId));
  const message =
    tasks.size === 1
      ? `Cannot start task ${first.taskId}: ${problems.map((problem) => problem.message).join(' ')}`
      : `Cannot start ${tasks.size} tasks:\n${problemLines(problems)}`;
  throw new ConfigError(message, {
    code: 'HERMES_REQUEST_REFUSED',
    nextStep: source.startsWith('hermes run')
      ? 'See the request, and what its policy makes of it, by adding --dry-run.'
      : `See every request, and what its policy makes of it, with: hermes dag plan ${source}`,
  });
}
