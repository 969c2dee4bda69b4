import type { FirstCommit } from './git/first-commit.ts';
import type { RepositorySettings } from './repository-settings.ts';

/** A repository that git can push to. */
interface HostedRepository {
  readonly name: string;
  /** What `git clone` takes. */
  readonly cloneUrl: string;
}

/** What a repository is to be. */
export interface WantedRepository {
  readonly name: string;
  /** The commit that it begins with. */
  readonly first: FirstCommit;
  readonly mark: RepositoryMark;
  /** What a host with teams and rules keeps of a repository; a disk keeps none of it. */
  readonly settings: RepositorySettings;
}

/** The file of the first commit by which a repository is known to be the one that is wanted. */
export interface RepositoryMark {
  readonly path: string;
  /** What such a file says that its repository is: `product repository of team weather`; undefined for any other. */
  readonly describe: (text: string) => string | undefined;
}

/** One thing that making a repository takes. */
export interface PlannedStep {
  /** `team`, `environment prod`: stays the same from plan to report. */
  readonly name: string;
  /** What it is for: `let team weather push`. */
  readonly purpose: string;
  /** In their order; none when the step stands already, or is left out, and why is its purpose. */
  readonly calls: readonly PlannedCall[];
  readonly isDone: boolean;
}

/** A call of a host: `PUT /orgs/acme/teams/weather/repos/acme/weather`, or a command of git. */
export interface PlannedCall {
  readonly method: string;
  readonly path: string;
}

/** What making a repository would do, in its order. Print it with `--plan`. */
export interface CreationPlan {
  /** As people name it: `acme/weather`, or its path. */
  readonly repository: string;
  /** What is looked at before anything is made, and why. */
  readonly looks: readonly (PlannedCall & { readonly purpose: string })[];
  readonly steps: readonly PlannedStep[];
}

/** What became of a step. `there`: it stood already. `skipped`: the host does not offer it. */
export interface StepOutcome {
  readonly name: string;
  readonly purpose: string;
  readonly outcome: 'done' | 'there' | 'skipped';
  /** Why it was skipped, and what that means. */
  readonly reason?: string;
}

/** A repository that stands as it was wanted. */
export interface MadeRepository extends HostedRepository {
  /** Where people look at it: a page, or a path. */
  readonly webUrl: string;
  readonly defaultBranch: string;
  /** Hash of the newest commit of its default branch: of the first one, when it was made. */
  readonly commit: string;
  /** Whether its content came by this call; false when it stood, or somebody else made the same one in this moment. */
  readonly isMade: boolean;
  readonly steps: readonly StepOutcome[];
}

/** A place that holds repositories: bare ones on this disk, or GitHub. */
export interface RepositoryHost {
  /** True where a repository that was just made is one pack on this disk, which a checkout may share. */
  readonly isOnThisDisk?: boolean;
  /** The repository of that name, or undefined. */
  find(name: string, signal: AbortSignal): Promise<HostedRepository | undefined>;
  /**
   * What making a repository would take. Looks what stands, changes nothing.
   * @throws ConfigError `HERMES_REPOSITORY_TAKEN` when the name belongs to something else
   */
  plan(wanted: WantedRepository, signal: AbortSignal): Promise<CreationPlan>;
  /**
   * Makes a repository whose default branch holds one commit, or what one that was begun lacks: a creation that was
   * interrupted anywhere is finished by the same call. Nothing that stands is changed or removed.
   * `onStep` gets each step as soon as it is settled.
   * @throws ConfigError `HERMES_REPOSITORY_TAKEN` when the name belongs to something else
   */
  create(
    wanted: WantedRepository,
    onStep: (step: StepOutcome) => void,
    signal: AbortSignal,
  ): Promise<MadeRepository>;
}

/** The branch that a repository on disk starts with. */
export const DEFAULT_BRANCH = 'master';
