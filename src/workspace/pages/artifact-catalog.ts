/** What has been published, as the pages show it. Who asks is checked by the pages, not here. */
export interface ArtifactCatalog {
  /** Teams that have published something, by name. */
  teams(signal: AbortSignal): Promise<readonly string[]>;
  /** The projects of a team, by name. */
  projects(team: string, signal: AbortSignal): Promise<readonly ProjectSummary[]>;
  /** Everything about one project; undefined when nothing of it is published. */
  project(team: string, project: string, signal: AbortSignal): Promise<ProjectRecord | undefined>;
}

export interface ProjectSummary {
  readonly project: string;
  /** In the order of the environments' names. */
  readonly environments: readonly {
    readonly environment: string;
    /** Where `latest` points; absent when no release is published there. */
    readonly latest?: string;
    readonly releases: number;
    readonly branches: number;
  }[];
  /** When the newest version was built, as its manifest says it. */
  readonly builtAt: string;
}

export interface ProjectRecord {
  readonly environments: readonly EnvironmentRecord[];
}

interface EnvironmentRecord {
  readonly environment: string;
  /** Releases from the highest down, then builds of branches. */
  readonly versions: readonly VersionRecord[];
  /** Where `latest` stood, the newest first. */
  readonly history: readonly PointerRecord[];
}

export interface VersionRecord {
  readonly version: string;
  readonly commit: string;
  readonly builtAt: string;
  /** The author of the commit, as git has it. */
  readonly author?: string;
  /** Of a build of a branch. */
  readonly branch?: string;
  readonly isLatest: boolean;
  readonly isBranchHead: boolean;
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[];
}

interface PointerRecord {
  readonly version: string;
  readonly movedAt: string;
  readonly movedBy: string;
  readonly reason: string;
}

/** Shows nothing: for a workspace that knows no store. */
export const noArtifacts: ArtifactCatalog = {
  teams: async () => [],
  projects: async () => [],
  project: async () => undefined,
};
