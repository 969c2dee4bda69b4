import { ConfigError } from './errors.ts';

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
    super(problems.map(formatProblem).join('\n'), { code: 'HERMES_PROBLEMS' });
    this.problems = problems;
  }
}

/** `file:line:column  message` and the hint behind it. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return `${place}  ${problem.message}${problem.hint === undefined ? '' : ` ${problem.hint}`}`;
}
