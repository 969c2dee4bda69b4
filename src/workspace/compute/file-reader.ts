import { readFileSync, realpathSync } from 'node:fs';
import { basename, sep } from 'node:path';
import { isObject, localPath } from '../jobs/locations.ts';

/** Reads what a location names: a file, an object of a bucket, or what the workspace keeps. */
export type FileReader = (location: string) => Promise<ReadFile | Unread>;

interface ReadFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Unread {
  readonly missing: boolean;
  readonly reason: string;
}

/** Reads an object of a bucket by its URL; undefined when there is none. */
export type ObjectReader = (url: string, signal: AbortSignal) => Promise<Uint8Array | undefined>;

/** Reads a file of the workspace's own trees (`/Workspace/…`, `/Volumes/…`, `dbfs:/…`, `/Users/…`) as a user may. */
export type StoredFileReader = (location: string, userName: string) => Promise<Uint8Array | undefined>;

export interface FileSources {
  readonly readObject: ObjectReader;
  readonly readStored: StoredFileReader;
  /** The workspace's folder: nothing in it is a file that a task may name. */
  readonly folder: string;
}

// Paths that mean the workspace's trees and never this disk.
const STORED_ONLY = /^(dbfs:\/|\/(Workspace|Volumes)\/)/;

/** Makes the reader of one task, which reads on behalf of the user who made its run. */
export function fileReader(sources: FileSources, userName: string, signal: AbortSignal): FileReader {
  return async (location) => {
    const name = basename(localPath(location) ?? location);
    try {
      const bytes = await readBytes(sources, location, userName, signal);
      if (bytes === undefined) return { missing: true, reason: `No such ${kindOf(location)}.` };
      return { name, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
    } catch (error) {
      if (signal.aborted) throw error;
      return { missing: (error as NodeJS.ErrnoException).code === 'ENOENT', reason: reasonOf(error) };
    }
  };
}

async function readBytes(
  { readObject, readStored, folder }: FileSources,
  location: string,
  userName: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (isObject(location)) return readObject(location, signal);
  if (STORED_ONLY.test(location)) return readStored(location, userName);
  const stored = location.startsWith('/') ? await readStored(location, userName) : undefined;
  return stored ?? readFileSync(outside(folder, localPath(location) ?? location));
}

/** The path itself, when it does not lead into the folder, by a link either. */
function outside(folder: string, path: string): string {
  const real = realpathSync(path);
  const own = realpathSync(folder);
  if (real !== own && !real.startsWith(`${own}${sep}`)) return real;
  throw Object.assign(new Error('inside'), { code: 'EACCES' });
}

function kindOf(location: string): string {
  return isObject(location) ? 'object' : 'file or directory';
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'No such file or directory.';
  if (code === 'EACCES') return 'Permission denied.';
  return message;
}
