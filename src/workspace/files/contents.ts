import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  createReadStream,
  createWriteStream,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeFolder } from '../../core/make-folder.ts';
import type { Database } from '../state/database.ts';
import { ApiError } from '../wire/api-error.ts';

/** A content that has arrived whole and belongs to no file yet. */
export interface Received {
  readonly content: string;
  readonly bytes: number;
}

/** Bytes as they come. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Largest file, as of the Files API. */
export const FILE_LIMIT: number = 5 * 1024 ** 3;

/**
 * Writes a content aside, under a name of our own making: nothing of a request is ever part of a path of this machine.
 * Until {@link keepContent} it belongs to nobody, and the next start of the workspace removes it.
 * @throws ApiError when it is larger than `limit` bytes, or the disk is full
 */
export async function receiveContent(
  folder: string,
  source: ByteSource,
  limit = FILE_LIMIT,
): Promise<Received> {
  const content = randomBytes(16).toString('hex');
  const file = asideFile(folder, content);
  makeFolder(join(folder, 'files', 'incoming'), 0o700);
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit)
        throw new ApiError('INVALID_PARAMETER_VALUE', `The content is larger than ${limit} bytes.`);
      yield chunk;
    }
  };
  try {
    await pipeline(Readable.from(source), counted, createWriteStream(file, { mode: 0o600, flags: 'wx' }));
    return { content, bytes };
  } catch (error) {
    await rm(file, { force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new ApiError('INTERNAL_ERROR', 'The disk of the workspace is full: nothing was stored.');
    throw error;
  }
}

/** Puts a content where it stays, once the database names it. */
export function keepContent(folder: string, content: string): void {
  makeFolder(join(folder, 'files', content.slice(0, 2)), 0o700);
  renameSync(asideFile(folder, content), contentFile(folder, content));
}

/** Removes a content that came to nothing. */
export function discardContent(folder: string, content: string): void {
  rmSync(asideFile(folder, content), { force: true });
}

/** The bytes of a content from `start` to `end` (both included), as they are read. */
export function contentStream(folder: string, content: string, start = 0, end?: number): Readable {
  // Opened at once: a content that is replaced a moment later is read to its end all the same.
  const fd = openSync(contentFile(folder, content), 'r');
  return createReadStream('', { fd, start, ...(end === undefined ? {} : { end }) });
}

/** The bytes of an arrived content, before it is kept. */
export function asideStream(folder: string, content: string): Readable {
  return createReadStream(asideFile(folder, content));
}

/** Copies a content to a file of this machine: the copy may be changed, the content never is. */
export function copyContent(folder: string, content: string, target: string): void {
  copyFileSync(contentFile(folder, content), target, constants.COPYFILE_FICLONE);
}

/** A whole content. */
export function readContent(folder: string, content: string): Buffer {
  return readFileSync(contentFile(folder, content));
}

/** Removes contents that no file has any more. Cheap when there are none. */
export function sweepContents(db: Database, folder: string): void {
  for (const { content } of db.rows<{ content: string }>('SELECT content FROM dropped_contents')) {
    rmSync(contentFile(folder, content), { force: true });
    db.run('DELETE FROM dropped_contents WHERE content = ?', content);
  }
}

/** After a crash: contents that the database names are put where they stay, others that had arrived are removed. */
export function recoverContents(db: Database, folder: string): void {
  sweepContents(db, folder);
  const incoming = join(folder, 'files', 'incoming');
  makeFolder(incoming, 0o700);
  for (const content of readdirSync(incoming)) {
    const owner = db.row('SELECT 1 FROM files WHERE content = ?', content);
    if (owner === undefined) discardContent(folder, content);
    else keepContent(folder, content);
  }
}

function asideFile(folder: string, content: string): string {
  return join(folder, 'files', 'incoming', content);
}

function contentFile(folder: string, content: string): string {
  return join(folder, 'files', content.slice(0, 2), content);
}
