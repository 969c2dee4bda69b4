import { ownFiles } from '../src/artifacts/manifest.ts';
import { ConfigError, WorkFailedError } from '../src/core/errors.ts';
import type { Build } from './build.ts';
import { type BuildOrder, prepareBuild } from './prepare-build.ts';
import type { Project } from './projects.ts';

/** A project as one commit holds it. */
export interface ProjectAt {
  readonly project: Project;
  readonly commit: string;
}

/** Builds projects of several commits, each at most once. */
export interface Builder {
  /** @throws HermesError when it cannot be built */
  build(at: ProjectAt): Promise<Build>;
  /** As `build`, but undefined when the project itself is to blame. */
  tryBuild(at: ProjectAt): Promise<Build | undefined>;
}

/** A builder that makes releases; nothing is tested and nothing is published. */
export function openBuilder(order: Omit<BuildOrder, 'commit' | 'kind'>): Builder {
  const builds = new Map<string, Promise<Build>>();
  const build = ({ project, commit }: ProjectAt): Promise<Build> => {
    const key = `${commit}:${project.folder}`;
    const known = builds.get(key);
    if (known !== undefined) return known;
    const started = prepareBuild(project, { ...order, commit, kind: 'release' }).then((made) => made.build);
    builds.set(key, started);
    return started;
  };
  return {
    build,
    tryBuild: (at) =>
      build(at).catch((error: unknown) => {
        if (error instanceof WorkFailedError || error instanceof ConfigError) return undefined;
        throw error;
      }),
  };
}

/** True when two builds publish the same: equal scripts, and wheels that install the same. */
export function isSameBuild(a: Build, b: Build): boolean {
  const contents = ({ files }: Build): string =>
    ownFiles(files)
      .map(({ kind, script, contentHash }) => `${kind} ${script ?? ''} ${contentHash}`)
      .sort()
      .join('\n');
  return contents(a) === contents(b);
}
