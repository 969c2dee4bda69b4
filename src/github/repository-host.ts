import type { FirstCommit } from './first-commit.ts';

/** A repository that git can push to. */
export interface HostedRepository {
  readonly name: string;
  /** What `git clone` takes. */
  readonly cloneUrl: string;
}

/** A repository that was just made. */
interface CreatedRepository extends HostedRepository {
  /** Hash of its first commit. */
  readonly commit: string;
}

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

/** One command of a CI run. */
export interface CiStep {
  readonly phase: 'script' | 'deploy';
  readonly command: string;
  readonly exitCode: number;
  readonly seconds: number;
}

/** The branch that a repository starts with and that CI releases from. */
export const DEFAULT_BRANCH = 'master';

/** A place that holds repositories and runs their CI: bare repositories on this disk, or GitHub. */
export interface RepositoryHost {
  /** The repository of that name, or undefined. */
  find(name: string, signal: AbortSignal): Promise<HostedRepository | undefined>;
  /**
   * Makes a repository whose default branch holds one commit; of two at once one wins.
   * @throws ConfigError `HERMES_REPOSITORY_TAKEN`
   */
  create(name: string, first: FirstCommit, signal: AbortSignal): Promise<CreatedRepository>;
  /** Removes a repository and what CI kept of it; a missing one is fine. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** From here on every push of a branch runs CI. */
  enableCi(name: string, signal: AbortSignal): Promise<void>;
  /** Runs CI for a commit of the default branch as for a push; `onLine` gets what CI says meanwhile. */
  runCi(name: string, commit: string, onLine: (line: string) => void, signal: AbortSignal): Promise<CiRun>;
}
