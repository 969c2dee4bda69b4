import { resolveTeam } from '../src/config/resolve-environment.ts';
import { openBench } from './bench.ts';
import { writeBuiltFolder } from './built-folder.ts';
import type { CiRequest } from './ci-request.ts';
import { openGit } from './git.ts';
import { testAndBuild, type Workbench } from './prepare-project.ts';
import { projectTrees } from './project-trees.ts';
import { findProjects, selectProjects } from './projects.ts';
import type { Report } from './publish-event.ts';
import { changedFiles, readHead } from './repository-facts.ts';
import type { WheelFile } from './reversion-wheel.ts';

export interface BuildRequest extends CiRequest {
  /** Absolute path of the folder for the wheels. */
  readonly out: string;
}

export interface BuildSummary {
  readonly commit: string;
  readonly projects: readonly string[];
  /** Files of the work tree that are not in the commit, and so not in the build. */
  readonly leftOut: readonly string[];
}

/**
 * Tests and builds projects as the commit holds them, for `publish` to take on in another job. Asks no store and
 * needs no credentials: code of the project runs here, and nowhere near a secret.
 */
export async function buildProjects(request: BuildRequest, report: Report): Promise<BuildSummary> {
  const git = await openGit(request);
  const team = resolveTeam({ folder: git.root });
  const commit = await readHead(git);
  const projects = selectProjects(await findProjects(git), request.projects);
  const bench: Workbench = {
    ...openBench(git, request, report),
    team,
    decision: { kind: 'release', branch: 'HEAD', commit, reason: 'a build' },
    report,
  };
  const built = new Map<string, WheelFile>();
  for (const tree of await projectTrees(git, commit, projects)) {
    built.set(tree.project.name, (await testAndBuild(tree, bench)).wheel);
  }
  await writeBuiltFolder(request.out, commit, built);
  return { commit, projects: [...built.keys()], leftOut: await changedFiles(git) };
}
