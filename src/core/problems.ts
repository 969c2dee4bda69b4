import { ConfigError } from './errors.ts';
import { printableLine } from './printable.ts';

/** One mistake in a file that a user wrote. Lines and columns count from 1. */
export interface Problem {
  /** As the user would type it: relative to the working folder where possible. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** What is wrong, the value, what was allowed. */
  readonly message: string;
  /** A likely correction, e.g. `Did you mean view_access_control_list?` */
  readonly hint?: string;
}

/** Every mistake of a file at once; the command line prints one line for each and exits with 2. */
export class ProblemsError extends ConfigError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems), { code: 'HERMES_PROBLEMS' });
    this.problems = problems;
  }
}

/** Those of one file together, in the order of their lines; files in the order in which they came. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return problems.toSorted(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

/** `file:line:column  message` and the hint behind it. */
export function formatProblem(problem: Problem): string {
  return formatProblems([problem]);
}

/** One line for each problem, the messages below each other. */
function formatProblems(problems: readonly Problem[]): string {
  const width = Math.max(...problems.map((problem) => placeOf(problem).length));
  return problems
    .map((problem) => {
      const sentence = [problem.message, problem.hint].filter((part) => part !== undefined).join(' ');
      return `${placeOf(problem).padEnd(width)}  ${sentence}`;
    })
    .join('\n');
}

function placeOf({ file, line, column }: Problem): string {
  return [printableLine(file), line, column].filter((part) => part !== undefined).join(':');
}
