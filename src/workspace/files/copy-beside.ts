import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { identityOf } from '../identity/users.ts';
import { copyContent } from './contents.ts';
import type { FileHome } from './file-store.ts';
import { childrenOf, type FileRow, filesBelow, findFile } from './file-table.ts';
import { parentOf } from './tree-path.ts';
import { hasLevel } from './workspace-access.ts';
import { parseWorkspacePath } from './workspace-tree.ts';

/** A folder that is larger than this is no project: of it only the modules directly beside the code are copied. */
const FILES_LIMIT = 1_000;
const BYTES_LIMIT = 100 * 1024 ** 2;

/**
 * Copies what lies beside code of the workspace tree, and below its directory, into a folder: on Databricks that
 * directory is mounted, so code imports the modules and opens the files beside it. Notebooks are not copied: they are no
 * modules.
 * @param location As a task names its code, `/Workspace/…` or `/Users/…`.
 * @returns whether the location lies in the tree, in a directory that the user may read
 */
export function copyBeside(home: FileHome, location: string, userName: string, target: string): boolean {
  if (!location.startsWith('/')) return false;
  const { path } = parseWorkspacePath(location);
  const directory = parentOf(path) || '/';
  const found = findFile(home.db, 'workspace', path) ?? findFile(home.db, 'workspace', withoutEnding(path));
  const who = identityOf(home.db, userName);
  if (found === undefined || !hasLevel(home.db, who, directory, 'CAN_READ')) return false;
  for (const { path: each, content } of filesToCopy(home, directory)) {
    const file = join(target, each.slice(directory === '/' ? 0 : directory.length));
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (content !== null) copyContent(home.folder, content, file);
  }
  return true;
}

function filesToCopy({ db }: FileHome, directory: string): FileRow[] {
  const isFile = ({ kind }: FileRow): boolean => kind === 'file';
  const all = filesBelow(db, 'workspace', directory).filter(isFile);
  const bytes = all.reduce((sum, row) => sum + row.bytes, 0);
  if (all.length <= FILES_LIMIT && bytes <= BYTES_LIMIT) return all;
  return childrenOf(db, 'workspace', directory).filter((row) => isFile(row) && row.path.endsWith('.py'));
}

function withoutEnding(path: string): string {
  return path.replace(/\.py$/, '');
}
