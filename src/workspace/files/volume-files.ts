import type { JsonObject } from '../../core/json.ts';
import type { Identity } from '../identity/users.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { discardContent, type Received } from './contents.ts';
import { deleteFiles, type FileHome, makeDirectories, putFile } from './file-store.ts';
import { childrenOf, type FileRow, findFile } from './file-table.ts';
import { nameOf, parseTreePath } from './tree-path.ts';
import { mayReadVolume, mayWriteVolume, volumeOf } from './volumes.ts';

const PAGE_LIMIT = 1_000;

/** A path of the Files API in a volume that someone may read, or write. @throws ApiError otherwise */
export function parseVolumePath({ db }: FileHome, asked: string, who: Identity, isWrite: boolean): string {
  const path = parseTreePath(asked);
  const [, root, ...names] = path.split('/');
  if (root !== 'Volumes' || names.length < 3)
    throw invalidParameter(
      `Invalid path: ${path}. Paths of files are /Volumes/<catalog>/<schema>/<volume>/…`,
    );
  const volume = volumeOf(db, path);
  if (volume === undefined || !mayReadVolume(db, volume, who))
    throw new ApiError('NOT_FOUND', `Volume '${names.slice(0, 3).join('.')}' does not exist.`);
  if (isWrite && !mayWriteVolume(db, volume, who))
    throw new ApiError(
      'PERMISSION_DENIED',
      `User does not have WRITE VOLUME on Volume '${names.slice(0, 3).join('.')}'.`,
    );
  return path;
}

/** The file at a path. @throws ApiError 404 when there is none, or it is a directory */
export function volumeFile({ db }: FileHome, path: string): FileRow & { readonly content: string } {
  const row = findFile(db, 'volumes', path);
  if (row === undefined || row.content === null)
    throw new ApiError('NOT_FOUND', 'The file being accessed is not found.');
  return { ...row, content: row.content };
}

/** The directory at a path. @throws ApiError 404 when there is none, or it is a file */
export function volumeDirectory({ db }: FileHome, path: string): FileRow {
  const row = findFile(db, 'volumes', path);
  if (row?.kind !== 'directory')
    throw new ApiError('NOT_FOUND', 'The directory being accessed is not found.');
  return row;
}

/** Stores a received content; missing directories are made on the way. */
export function putVolumeFile(
  home: FileHome,
  path: string,
  received: Received,
  who: Identity,
  overwrite: boolean,
): void {
  if (volumeOf(home.db, path)?.path === path) {
    discardContent(home.folder, received.content);
    throw invalidParameter(`${path} is a volume: give the name of a file in it.`);
  }
  const put = putFile(home, 'volumes', path, received, who, { overwrite, makeParents: true });
  if (!('refused' in put)) return;
  if (put.refused === 'exists')
    throw new ApiError('ALREADY_EXISTS', 'The file being created already exists.');
  throw new ApiError(
    'ALREADY_EXISTS',
    `${put.path} is a ${put.refused === 'is-directory' ? 'directory' : 'file'}.`,
  );
}

export function makeVolumeDirectory(home: FileHome, path: string, who: Identity): void {
  const refusal = makeDirectories(home, 'volumes', path, who);
  if (refusal !== undefined)
    throw new ApiError(
      'ALREADY_EXISTS',
      'The given path points to an existing file. This API does not support operations on files.',
    );
}

/** Removes an empty directory. */
export function deleteVolumeDirectory(home: FileHome, path: string): void {
  const row = volumeDirectory(home, path);
  if (volumeOf(home.db, path)?.path === path)
    throw invalidParameter(`${path} is a volume: delete it by the volumes API.`);
  if (childrenOf(home.db, 'volumes', path, 1).length > 0)
    throw new ApiError('INVALID_PARAMETER_VALUE', 'The directory being deleted is not empty.', {
      reason: 'FILES_API_DIRECTORY_IS_NOT_EMPTY',
    });
  deleteFiles(home, row);
}

/** One page of what lies in a directory. The token of the next page is the last path of this one. */
export function listVolumeDirectory(
  home: FileHome,
  path: string,
  pageSize: number,
  pageToken: string | undefined,
): JsonObject {
  volumeDirectory(home, path);
  const limit = Math.min(pageSize || PAGE_LIMIT, PAGE_LIMIT);
  const after = pageToken === undefined ? '' : Buffer.from(pageToken, 'base64url').toString('utf8');
  const rows = childrenOf(home.db, 'volumes', path, limit + 1, after);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    contents: page.map(renderEntry),
    ...(rows.length > limit && last !== undefined
      ? { next_page_token: Buffer.from(last.path).toString('base64url') }
      : {}),
  };
}

function renderEntry(row: FileRow): JsonObject {
  const entry = { path: row.path, name: nameOf(row.path), is_directory: row.kind === 'directory' };
  if (row.kind === 'directory') return entry;
  return { ...entry, file_size: row.bytes, last_modified: row.modified };
}
