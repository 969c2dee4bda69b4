import { randomInt } from 'node:crypto';
import type { JsonObject } from '../../core/json.ts';
import type { Identity } from '../identity/users.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { type ByteSource, discardContent, receiveContent } from './contents.ts';
import { deleteFiles, type FileHome, makeDirectories, putFile } from './file-store.ts';
import { childrenOf, type FileRow, findFile, moveFiles } from './file-table.ts';
import { parentOf, parseTreePath } from './tree-path.ts';

/** Of one block that is written or read. */
export const BLOCK_LIMIT: number = 1024 ** 2;

/** A path of DBFS: `/a/b`, also with `dbfs:` before it. */
export function parseDbfsPath(asked: string): string {
  return parseTreePath(asked.replace(/^dbfs:/, ''));
}

/** @throws ApiError 404 when nothing is there */
export function statDbfs({ db }: FileHome, path: string): FileRow {
  const row = findFile(db, 'dbfs', path);
  if (row === undefined)
    throw new ApiError('RESOURCE_DOES_NOT_EXIST', `No file or directory exists on path dbfs:${path}.`);
  return row;
}

/** What lies in a directory; a file is its own list. */
export function listDbfs(home: FileHome, path: string): FileRow[] {
  const row = statDbfs(home, path);
  return row.kind === 'directory' ? childrenOf(home.db, 'dbfs', path) : [row];
}

/** Stores a file; missing directories are made on the way. */
export async function putDbfsFile(
  home: FileHome,
  path: string,
  source: ByteSource,
  who: Identity,
  overwrite: boolean,
): Promise<void> {
  assertFree(home, path, overwrite);
  const received = await receiveContent(home.folder, source);
  const put = putFile(home, 'dbfs', path, received, who, { overwrite, makeParents: true });
  if ('refused' in put) throw taken(put.path);
}

/** @throws ApiError when a file of the path could not be made */
function assertFree({ db }: FileHome, path: string, overwrite: boolean): void {
  const row = findFile(db, 'dbfs', path);
  if (row !== undefined && (row.kind === 'directory' || !overwrite)) throw taken(path);
}

export function makeDbfsDirectory(home: FileHome, path: string, who: Identity): void {
  const refusal = makeDirectories(home, 'dbfs', path, who);
  if (refusal !== undefined) throw taken(refusal.path);
}

/** Removes what is there; nothing when nothing is. @throws ApiError for a directory that is not empty unless `recursive` */
export function deleteFromDbfs(home: FileHome, path: string, recursive: boolean): void {
  if (path === '/') throw invalidParameter('The root of DBFS cannot be deleted.');
  const row = findFile(home.db, 'dbfs', path);
  if (row === undefined) return;
  if (row.kind === 'directory' && !recursive && childrenOf(home.db, 'dbfs', path, 1).length > 0)
    throw new ApiError('IO_ERROR', 'Directory is not empty. Use recursive delete or remove contents first.');
  deleteFiles(home, row);
}

/** Moves a file, or a directory with all that is in it, to a path that is free; a directory there takes it in. */
export function moveInDbfs(home: FileHome, from: string, to: string, who: Identity): void {
  const row = statDbfs(home, from);
  const there = findFile(home.db, 'dbfs', to);
  const target =
    there?.kind === 'directory' ? `${to === '/' ? '' : to}${from.slice(from.lastIndexOf('/'))}` : to;
  if (from === '/' || `${target}/`.startsWith(`${from}/`))
    throw invalidParameter(`dbfs:${from} cannot be moved into itself.`);
  if (findFile(home.db, 'dbfs', target) !== undefined) throw taken(target);
  makeDbfsDirectory(home, parentOf(target), who);
  moveFiles(home.db, row, target);
}

export function renderDbfs(row: FileRow): JsonObject {
  return {
    path: row.path,
    is_dir: row.kind === 'directory',
    file_size: row.bytes,
    modification_time: row.modified,
  };
}

/** Files that are being written block by block. They live as long as the server. */
export interface DbfsHandles {
  /** Answers the number by which blocks are added. */
  open(path: string, who: Identity, overwrite: boolean): bigint;
  add(handle: bigint, who: Identity, block: Buffer): Promise<void>;
  /** Makes the file of what was added. */
  close(handle: bigint, who: Identity): Promise<void>;
}

interface OpenFile {
  readonly path: string;
  readonly who: Identity;
  readonly overwrite: boolean;
  readonly blocks: { content: string; bytes: number }[];
  usedAt: number;
}

/** After so long without a block a handle is closed, and what was added is gone. */
const HANDLE_MS = 10 * 60_000;

export function createHandles(
  home: FileHome,
  blocksOf: (content: string) => AsyncIterable<Uint8Array>,
): DbfsHandles {
  const open = new Map<bigint, OpenFile>();
  const now = (): number => home.clock.now().getTime();
  const drop = (handle: bigint): void => {
    for (const { content } of open.get(handle)?.blocks ?? []) discardContent(home.folder, content);
    open.delete(handle);
  };
  const found = (handle: bigint, who: Identity): OpenFile => {
    for (const [each, { usedAt }] of open) if (now() - usedAt > HANDLE_MS) drop(each);
    const file = open.get(handle);
    if (file === undefined || file.who.userName !== who.userName)
      throw new ApiError('RESOURCE_DOES_NOT_EXIST', `No file is open by the handle ${handle}.`);
    file.usedAt = now();
    return file;
  };
  return {
    open: (path, who, overwrite) => {
      assertFree(home, path, overwrite);
      const handle = BigInt(randomInt(1, 2 ** 47));
      open.set(handle, { path, who, overwrite, blocks: [], usedAt: now() });
      return handle;
    },
    add: async (handle, who, block) => {
      const { blocks } = found(handle, who);
      blocks.push(await receiveContent(home.folder, [block]));
    },
    close: async (handle, who) => {
      const file = found(handle, who);
      const joined = async function* () {
        for (const { content } of file.blocks) yield* blocksOf(content);
      };
      try {
        await putDbfsFile(home, file.path, joined(), who, file.overwrite);
      } finally {
        drop(handle);
      }
    },
  };
}

function taken(path: string): ApiError {
  return new ApiError(
    'RESOURCE_ALREADY_EXISTS',
    `A file or directory already exists at the input path dbfs:${path}.`,
    { status: 400 },
  );
}
