import type { JsonObject } from '../../core/json.ts';
import type { Identity } from '../identity/users.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { type ByteSource, readContent, receiveContent } from './contents.ts';
import {
  deleteFiles,
  type FileHome,
  makeDirectories,
  type NotMade,
  nearestStanding,
  putFile,
} from './file-store.ts';
import { childrenOf, type FileRow, findFile } from './file-table.ts';
import { asSource, isJupyter, notebookIn, notebookSource, parseLanguage } from './notebook-source.ts';
import { nameOf, parentOf, parseTreePath } from './tree-path.ts';
import { assertLevel, ensureHomes, isProtected, maySee } from './workspace-access.ts';

/** Largest notebook, and what of a file shows whether it is one. */
const NOTEBOOK_LIMIT = 10 * 1024 ** 2;
const HEADER_BYTES = 128;

/** A path of the workspace tree as a request wrote it; `/Workspace/…` is the same place. */
export interface WorkspacePath {
  readonly path: string;
  /** As it was written, for messages. */
  readonly asked: string;
  /** What answers put before paths: `/Workspace` when the request did. */
  readonly prefix: string;
}

/** Formats of import and export that are understood here. */
export type SourceFormat = 'AUTO' | 'SOURCE' | 'RAW' | 'JUPYTER';

/** Reads a path. A doubled slash before `Workspace` leaves the prefix out of answers, as the real service does. */
export function parseWorkspacePath(asked: string): WorkspacePath {
  const whole = parseTreePath(asked);
  if (whole !== '/Workspace' && !whole.startsWith('/Workspace/')) return { path: whole, asked, prefix: '' };
  const prefix = asked.startsWith('//') ? '' : '/Workspace';
  return { path: whole.slice('/Workspace'.length) || '/', asked, prefix };
}

/** What is at a path, for someone who may see it. @throws ApiError 404 otherwise */
export function statWorkspace({ db, clock }: FileHome, at: WorkspacePath, who: Identity): FileRow {
  ensureHomes(db, clock.now());
  const found = findFile(db, 'workspace', at.path);
  if (found === undefined || !maySee(db, who, at.path)) throw notThere(at.asked);
  return found;
}

/** What lies in a directory, as far as someone may see it; a file is its own list. */
export function listWorkspace(home: FileHome, at: WorkspacePath, who: Identity): FileRow[] {
  const row = statWorkspace(home, at, who);
  if (row.kind !== 'directory') return [row];
  return childrenOf(home.db, 'workspace', row.path).filter(({ path }) => maySee(home.db, who, path));
}

export function makeWorkspaceDirectory(home: FileHome, at: WorkspacePath, who: Identity): void {
  ensureHomes(home.db, home.clock.now());
  const nearest = nearestStanding(home.db, 'workspace', at.path);
  if (nearest?.path === at.path && nearest.kind === 'directory' && maySee(home.db, who, at.path)) return;
  assertLevel(home.db, who, nearest?.path ?? '/', 'CAN_EDIT');
  const refusal = makeDirectories(home, 'workspace', at.path, who);
  if (refusal !== undefined)
    throw new ApiError('RESOURCE_ALREADY_EXISTS', `Path (${at.prefix}${refusal.path}) already exists.`, {
      status: 400,
    });
}

/** @throws ApiError 404 when nothing is there, 400 for a directory that is not empty unless `recursive` */
export function deleteFromWorkspace(
  home: FileHome,
  at: WorkspacePath,
  who: Identity,
  recursive: boolean,
): void {
  const row = statWorkspace(home, at, who);
  if (isProtected(row.path))
    throw new ApiError('BAD_REQUEST', `Folder ${nameOf(row.path) || '/'} is protected`);
  assertLevel(home.db, who, row.path, 'CAN_MANAGE');
  if (row.kind === 'directory' && !recursive && childrenOf(home.db, 'workspace', row.path, 1).length > 0)
    throw new ApiError('DIRECTORY_NOT_EMPTY', `Folder ${at.asked} is not empty`);
  deleteFiles(home, row);
}

export interface ImportRequest {
  readonly format: SourceFormat;
  readonly language?: string;
  readonly overwrite: boolean;
  /** What a taken path is answered with: 409 by `import-file`, 400 by `import`. */
  readonly conflictStatus: 400 | 409;
  /** Largest content in bytes. */
  readonly limit: number;
}

/** Stores a content as a file or a notebook; the directory above it must stand. */
export async function importIntoWorkspace(
  home: FileHome,
  at: WorkspacePath,
  source: ByteSource,
  who: Identity,
  request: ImportRequest,
): Promise<FileRow> {
  const { db, clock, folder } = home;
  ensureHomes(db, clock.now());
  const parent = parentOf(at.path) || '/';
  if (findFile(db, 'workspace', parent) === undefined) throw noParent(at, parent);
  assertLevel(db, who, findFile(db, 'workspace', at.path)?.path ?? parent, 'CAN_EDIT');
  const { path, language, content } = await asObject(at.path, source, request);
  if (path !== at.path) assertLevel(db, who, findFile(db, 'workspace', path)?.path ?? parent, 'CAN_EDIT');
  const received = await receiveContent(folder, content, request.limit);
  const put = putFile(home, 'workspace', path, received, who, {
    overwrite: request.overwrite,
    makeParents: false,
    ...(language === undefined ? {} : { notebook: { language } }),
  });
  if ('refused' in put) throw notStored(put, at, request.conflictStatus);
  return put;
}

/** The bytes of a notebook or file as an export gives them. Directories are not exported. */
export function exportedContent(
  home: FileHome,
  row: FileRow,
  format: SourceFormat,
): { readonly bytes: Buffer; readonly isJupyter: boolean } {
  if (row.content === null)
    throw invalidParameter(`${row.path} is a directory: export its files one by one.`);
  const bytes = readContent(home.folder, row.content);
  if (row.kind !== 'notebook') return { bytes, isJupyter: false };
  const jupyter = isJupyter(bytes);
  if (format === 'JUPYTER' && !jupyter)
    throw invalidParameter(`${row.path} was imported as source; it can be exported as SOURCE or AUTO.`);
  return format === 'SOURCE' ? { bytes: asSource(bytes), isJupyter: false } : { bytes, isJupyter: jupyter };
}

/** The format in which a notebook was imported, which get-status tells to who asks for it. */
export function exportInfo({ folder }: FileHome, { kind, content }: FileRow): JsonObject {
  if (kind !== 'notebook' || content === null) return {};
  return { repos_export_format: isJupyter(readContent(folder, content)) ? 'JUPYTER' : 'SOURCE' };
}

/** An object as get-status and list show it. */
export function renderObject(row: FileRow, prefix: string): JsonObject {
  const path = row.path === '/' && prefix !== '' ? prefix : `${prefix}${row.path}`;
  return {
    object_type: row.kind.toUpperCase(),
    path,
    ...(row.language === null ? {} : { language: row.language }),
    created_at: row.created,
    modified_at: row.modified,
    object_id: row.id,
    resource_id: String(row.id),
    ...(row.kind === 'file' ? { size: row.bytes } : {}),
  };
}

/** @throws ApiError for a format that is not understood here */
export function parseFormat(text: string | undefined): SourceFormat {
  const format = text || 'SOURCE';
  if (format === 'AUTO' || format === 'SOURCE' || format === 'RAW' || format === 'JUPYTER') return format;
  throw invalidParameter(`Format ${format} is not supported here. Supported: AUTO, SOURCE, RAW, JUPYTER.`);
}

interface WorkspaceObject {
  readonly path: string;
  readonly content: ByteSource;
  /** Of a notebook. */
  readonly language?: string;
}

async function asObject(path: string, source: ByteSource, request: ImportRequest): Promise<WorkspaceObject> {
  const { format, language } = request;
  if (format === 'RAW' || (format === 'AUTO' && !/\.(py|sql|scala|r|ipynb)$/i.test(path)))
    return { path, content: source };
  if (format === 'AUTO') {
    const { head, whole } = await peek(source, /\.ipynb$/i.test(path) ? NOTEBOOK_LIMIT : HEADER_BYTES);
    return { path, ...notebookIn(path, head), content: whole };
  }
  const content = await gather(source, request.limit);
  if (format === 'JUPYTER') {
    if (!isJupyter(content)) throw invalidParameter('The content is not an IPython notebook.');
    return { path: path.replace(/\.ipynb$/i, ''), language: 'PYTHON', content: [content] };
  }
  if (language === undefined)
    throw invalidParameter('The language is required when a notebook is imported in the format SOURCE.');
  return { path, language: parseLanguage(language), content: [notebookSource(language, content)] };
}

async function gather(source: ByteSource, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > limit)
      throw new ApiError('MAX_NOTEBOOK_SIZE_EXCEEDED', `The content is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The beginning of a source, and the source as if it had not been read; so a large file is never held in memory. */
async function peek(
  source: ByteSource,
  bytes: number,
): Promise<{ readonly head: Buffer; readonly whole: ByteSource }> {
  const chunks: Uint8Array[] = [];
  const rest = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let held = 0;
  let next = await rest.next();
  while (next.done !== true) {
    chunks.push(next.value);
    held += next.value.length;
    if (held >= bytes) break;
    next = await rest.next();
  }
  const whole = async function* (): AsyncIterable<Uint8Array> {
    yield* chunks;
    for (let more = await rest.next(); more.done !== true; more = await rest.next()) yield more.value;
  };
  return { head: Buffer.concat(chunks), whole: whole() };
}

function notStored({ refused, path }: NotMade, at: WorkspacePath, status: 400 | 409): ApiError {
  const shown = `${at.prefix}${path}`;
  if (refused === 'no-parent') return noParent(at, path);
  if (refused === 'parent-is-file') return invalidParameter(`${shown} is not a directory.`);
  return new ApiError('RESOURCE_ALREADY_EXISTS', `Path (${shown}) already exists.`, { status });
}

function noParent(at: WorkspacePath, parent: string): ApiError {
  return new ApiError('RESOURCE_DOES_NOT_EXIST', `The parent folder (${at.prefix}${parent}) does not exist.`);
}

function notThere(asked: string): ApiError {
  return new ApiError('RESOURCE_DOES_NOT_EXIST', `Path (${asked}) doesn't exist.`);
}
