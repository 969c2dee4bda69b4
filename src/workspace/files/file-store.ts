import type { Identity } from '../identity/users.ts';
import type { Database } from '../state/database.ts';
import { discardContent, keepContent, type Received, recoverContents, sweepContents } from './contents.ts';
import { type FileRow, findFile, insertFile, removeFiles, replaceFile, type Tree } from './file-table.ts';
import { ancestorsOf, parentOf } from './tree-path.ts';

/** Where files are kept, and the time. */
export interface FileHome {
  readonly db: Database;
  readonly clock: { now(): Date };
  /** The workspace's folder; contents lie below `files/`. */
  readonly folder: string;
}

/** Why a file or directory was not made. `path` is what stands in the way, or is missing. */
export interface NotMade {
  readonly refused: 'exists' | 'is-directory' | 'no-parent' | 'parent-is-file';
  readonly path: string;
}

export interface PutOptions {
  readonly overwrite: boolean;
  /** Whether missing directories are made on the way. */
  readonly makeParents: boolean;
  /** @defaultValue a plain file */
  readonly notebook?: { readonly language: string };
}

/** The roots of the trees, and what a crash left half done. Called once, before the first request. */
export function openFiles({ db, clock, folder }: FileHome): void {
  const directory = { kind: 'directory', language: null, content: null, bytes: 0, creator: '' } as const;
  for (const tree of ['workspace', 'dbfs', 'volumes'] as const)
    if (findFile(db, tree, '/') === undefined) insertFile(db, tree, '/', directory, clock.now());
  recoverContents(db, folder);
}

/** Makes a received content the file of a path: wholly, or not at all and then the content is gone. */
export function putFile(
  { db, clock, folder }: FileHome,
  tree: Tree,
  path: string,
  received: Received,
  who: Identity,
  options: PutOptions,
): FileRow | NotMade {
  const { notebook } = options;
  const file = {
    kind: notebook === undefined ? ('file' as const) : ('notebook' as const),
    language: notebook?.language ?? null,
    creator: who.userName,
    ...received,
  };
  const put = db.transaction((): FileRow | NotMade => {
    const known = findFile(db, tree, path);
    if (known?.kind === 'directory') return { refused: 'is-directory', path };
    if (known !== undefined)
      return options.overwrite ? replaceFile(db, known, file, clock.now()) : { refused: 'exists', path };
    const parent = parentOf(path);
    const trouble = options.makeParents
      ? makeMissing(db, tree, parent, who, clock.now())
      : missingParent(db, tree, parent);
    return trouble ?? insertFile(db, tree, path, file, clock.now());
  });
  if ('refused' in put) discardContent(folder, received.content);
  else keepContent(folder, received.content);
  sweepContents(db, folder);
  return put;
}

/** Makes a directory and those above it; nothing when it stands. Answers what is in the way, when something is. */
export function makeDirectories(
  { db, clock }: FileHome,
  tree: Tree,
  path: string,
  who: Identity,
): NotMade | undefined {
  return db.transaction(() => makeMissing(db, tree, path, who, clock.now()));
}

/** Removes a file, or a directory with all that is in it. */
export function deleteFiles({ db, folder }: FileHome, row: FileRow): void {
  removeFiles(db, row);
  sweepContents(db, folder);
}

/** The nearest of a path and those above it that stands; the root always does. */
export function nearestStanding(db: Database, tree: Tree, path: string): FileRow | undefined {
  for (const each of ancestorsOf(path)) {
    const found = findFile(db, tree, each);
    if (found !== undefined) return found;
  }
  return undefined;
}

function makeMissing(db: Database, tree: Tree, path: string, who: Identity, now: Date): NotMade | undefined {
  const missing: string[] = [];
  for (const each of ancestorsOf(path)) {
    const found = findFile(db, tree, each);
    if (found === undefined) missing.push(each);
    else if (found.kind !== 'directory') return { refused: 'parent-is-file', path: each };
    else break;
  }
  const directory = { kind: 'directory', language: null, content: null, bytes: 0 } as const;
  for (const each of missing.reverse())
    insertFile(db, tree, each, { ...directory, creator: who.userName }, now);
  return undefined;
}

function missingParent(db: Database, tree: Tree, parent: string): NotMade | undefined {
  const found = findFile(db, tree, parent);
  if (found === undefined) return { refused: 'no-parent', path: parent };
  return found.kind === 'directory' ? undefined : { refused: 'parent-is-file', path: parent };
}
