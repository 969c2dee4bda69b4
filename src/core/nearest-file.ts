import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * Looks for a file or folder from `folder` upwards and answers its path.
 * The search ends at the root of the git repository, or of the disk where there is none.
 */
export function nearestFile(folder: string, name: string): string | undefined {
  const here = resolve(folder);
  const path = join(here, name);
  if (existsSync(path)) return path;
  const parent = dirname(here);
  return parent === here || existsSync(join(here, '.git')) ? undefined : nearestFile(parent, name);
}

/** An absolute path as the user would type it in `folder`: from there, or as it is where that is shorter. */
export function shownPath(path: string, folder: string): string {
  const fromThere = relative(resolve(folder), path) || '.';
  return fromThere.length > path.length ? path : fromThere;
}
