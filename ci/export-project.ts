import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, type Git } from './git.ts';

/** A clean copy of a project as one commit holds it: nothing of the work tree, no stale `build/`. */
export interface ExportedProject {
  readonly folder: string;
  /** Seconds since 1970 of the commit that changed the project last: the time stamp of everything that is built. */
  readonly changedAtSeconds: number;
}

/** Writes the copy below `scratch`, through an index of its own, so that the repository's index stays. */
export async function exportProject(
  git: Git,
  commit: string,
  projectFolder: string,
  scratch: string,
): Promise<ExportedProject> {
  const folder = join(scratch, 'project');
  await mkdir(folder);
  const index = { GIT_INDEX_FILE: join(scratch, 'index') };
  await ask(git, ['read-tree', `${commit}:${projectFolder}`], index);
  await ask(git, ['checkout-index', '--all', `--prefix=${folder}/`], index);
  const path = projectFolder === '' ? ':/' : `:(top,literal)${projectFolder}`;
  const changedAt = await ask(git, ['log', '-1', '--format=%ct', commit, '--', path]);
  return { folder, changedAtSeconds: Number(changedAt) };
}

/** Git's hash of a project's folder: equal content, equal hash, in any commit. */
export function treeHash(git: Git, commit: string, projectFolder: string): Promise<string> {
  return ask(git, ['rev-parse', '--verify', '--quiet', `${commit}:${projectFolder}`]);
}

/**
 * Git's hashes of several folders by one question.
 * @returns hashes by folder; a folder that the commit does not hold is absent
 */
export async function treeHashes(
  git: Git,
  commit: string,
  folders: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  if (folders.includes('')) hashes.set('', await treeHash(git, commit, ''));
  const below = folders.filter((folder) => folder !== '');
  if (below.length === 0) return hashes;
  const listed = await ask(git, ['ls-tree', '-d', '-z', '--full-tree', commit, '--', ...below]);
  for (const line of listed.split('\0')) {
    const found = /^\d+ tree ([0-9a-f]+)\t(.+)$/s.exec(line);
    if (found?.[1] !== undefined && found[2] !== undefined) hashes.set(found[2], found[1]);
  }
  return hashes;
}

/** Who wrote a commit, as git has it; undefined when the commit names nobody. A text of unknown origin. */
export async function authorOf(git: Git, commit: string): Promise<string | undefined> {
  const name = await ask(git, ['show', '--no-patch', '--format=%an', commit]);
  return name === '' ? undefined : name;
}
