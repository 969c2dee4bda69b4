import { openBench } from './bench.ts';
import type { CiRequest } from './ci-request.ts';
import { treeHash } from './export-project.ts';
import { openGit, tryAsk } from './git.ts';
import { findProjects, selectProjects } from './projects.ts';
import type { Report } from './publish-event.ts';
import { changedFiles } from './repository-facts.ts';
import { testsFailed } from './run-tests.ts';
import { testProject } from './test-project.ts';
import { cleanTree } from './test-stamp.ts';

/**
 * Runs the tests of the projects as they lie in the work tree; all of them, also after a failure.
 * @returns the number of projects
 * @throws WorkFailedError that names the projects whose tests failed
 */
export async function testProjects(request: CiRequest, report: Report): Promise<number> {
  const git = await openGit(request);
  const projects = selectProjects(await findProjects(git), request.projects);
  const bench = openBench(git, request, report);
  const head = await tryAsk(git, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  const changed = await changedFiles(git);
  const failed: string[] = [];
  for (const project of projects) {
    const committed =
      head === undefined ? undefined : await treeHash(git, head, project.folder).catch(() => undefined);
    const tree = committed === undefined ? undefined : cleanTree(project, committed, changed);
    const outcome = await testProject(project, tree, bench, report, { again: true });
    if (outcome.status === 'failed') failed.push(project.name);
  }
  if (failed.length > 0) throw testsFailed(failed);
  return projects.length;
}
