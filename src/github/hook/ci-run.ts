/** What CI did with one commit. */
export interface CiRun {
  readonly number: number;
  /** Full ref, e.g. `refs/heads/master`. */
  readonly ref: string;
  readonly commit: string;
  readonly outcome: CiOutcome;
  /** Where the whole log is: a path or a URL. */
  readonly log: string;
  readonly steps: readonly CiStep[];
}

/** `skipped`: the repository says nothing that CI could run. */
export type CiOutcome = 'running' | 'passed' | 'failed' | 'interrupted' | 'skipped';

/** Whether CI is still to run for a commit, whose last run this is. */
export function isCiDue(last: CiRun | undefined): boolean {
  return last === undefined || last.outcome === 'interrupted';
}

/** One command of a CI run. */
export interface CiStep {
  readonly phase: 'script' | 'deploy';
  readonly command: string;
  readonly exitCode: number;
  readonly seconds: number;
}
