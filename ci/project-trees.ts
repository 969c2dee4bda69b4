import { ConfigError } from '../src/core/errors.ts';
import { treeHashes } from './export-project.ts';
import type { Git } from './git.ts';
import type { Project } from './projects.ts';
import type { ProjectTree } from './survey.ts';

/**
 * Ties projects to what a commit holds of them.
 * @throws ConfigError for a project that lies in the work tree only
 */
export async function projectTrees(
  git: Git,
  commit: string,
  projects: readonly Project[],
): Promise<ProjectTree[]> {
  const folders = projects.map((project) => project.folder);
  const hashes = await treeHashes(git, commit, folders);
  return projects.map((project) => {
    const tree = hashes.get(project.folder);
    if (tree !== undefined) return { project, tree };
    throw new ConfigError(`Cannot take ${project.name}: its folder is not in the commit.`, {
      code: 'HERMES_NOT_COMMITTED',
      facts: { folder: project.folder, commit: commit.slice(0, 7) },
      nextStep: 'Commit it (git add, git commit), or let git ignore the folder.',
    });
  });
}
