/** Who may see a repository. `internal`: everybody of the enterprise. */
export const visibilities = ['private', 'internal', 'public'] as const;
export type Visibility = (typeof visibilities)[number];

/** A GitHub environment: whose secrets a workflow's job may use, from which branches. */
export interface EnvironmentSettings {
  readonly name: string;
  /** `default`: only the default branch deploys to it. */
  readonly branches: 'any' | 'default';
}

/** What must be true before a change enters the default branch. */
export interface MergeRules {
  /** Reviews that a pull request needs, one of them by an owner of the code. */
  readonly approvals: number;
  /** Names of the jobs of CI that must have passed; a job that was skipped counts as passed. */
  readonly checks: readonly string[];
}

/** What a repository is beyond its content, as GitHub keeps it. */
export interface RepositorySettings {
  /** Names the team and Hermes; by it an unfinished creation is known again. */
  readonly description: string;
  readonly visibility: Visibility;
  /** Undefined: the organisation's own choice. */
  readonly defaultBranch?: string;
  /** Slug of the team that may push. */
  readonly team: string;
  /** Variables of CI by their names. */
  readonly variables: Readonly<Record<string, string>>;
  /** Secrets of CI by their names. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly environments: readonly EnvironmentSettings[];
  readonly mergeRules: MergeRules;
}

/** Name of the ruleset that holds the {@link MergeRules}. */
export const RULESET_NAME = 'hermes';
