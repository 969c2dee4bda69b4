import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RemoteError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { sha256Hex } from '../core/sha256.ts';
import { underLock } from './folder-lock.ts';
import type { ArtifactStore, StoredKey, StoredObject, WriteOutcome } from './store.ts';
import { checkKey } from './store-key.ts';

const TEMPORARY = '.tmp';
const LOCK = '.lock';
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

/**
 * A store in a folder with the guarantees of S3's conditional writes.
 * A key appears whole or not at all: written beside, flushed, then linked (create) or renamed (replace) into place.
 * Replacing holds between processes by a lock of the operating system. An etag is the SHA-256 of the content, so
 * a key that went from A to B and back to A counts as unchanged, as it does on S3.
 * @param root absolute path; made by the first write
 * @throws RemoteError (`HERMES_STORE_WRITE`) when the disk refuses
 */
export function folderStore(root: string): ArtifactStore {
  let swept = false;
  const writing = async <T>(key: string, work: () => T | Promise<T>): Promise<T> => {
    checkOwnKey(key);
    try {
      if (!swept) await sweep(root);
      swept = true;
      return await work();
    } catch (error) {
      throw writeError(error, root, key);
    }
  };
  return {
    url: pathToFileURL(root).href.replace(/\/$/, ''),
    read: async (key, signal) => {
      checkOwnKey(key);
      const bytes = await readIfThere(join(root, key), signal);
      return bytes === undefined ? undefined : stored(bytes);
    },
    create: (key, bytes, signal) =>
      writing(key, () => {
        signal?.throwIfAborted();
        return createFile(root, key, bytes);
      }),
    replace: (key, bytes, etag, signal) =>
      writing(key, () => {
        if (etag === undefined) return createFile(root, key, bytes);
        makeFolder(root);
        return underLock(join(root, LOCK), () => replaceFile(root, key, bytes, etag), signal);
      }),
    list: (prefix, signal) => listFolder(root, prefix, signal),
    remove: (key) => writing(key, () => unlink(join(root, key)).catch(ignoreMissing)),
  };
}

function stored(bytes: Uint8Array): StoredObject {
  return { bytes, etag: sha256Hex(bytes) };
}

function createFile(root: string, key: string, bytes: Uint8Array): WriteOutcome {
  return withTemporary(root, bytes, (temporary) => {
    const target = join(root, key);
    makeFolder(dirname(target));
    try {
      linkSync(temporary, target);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return 'conflict';
      throw error;
    }
    flush(dirname(target));
    return 'written';
  });
}

function replaceFile(root: string, key: string, bytes: Uint8Array, etag: string): WriteOutcome {
  const target = join(root, key);
  if (currentEtag(target) !== etag) return 'conflict';
  return withTemporary(root, bytes, (temporary) => {
    renameSync(temporary, target);
    flush(dirname(target));
    return 'written';
  });
}

function currentEtag(path: string): string | undefined {
  try {
    return stored(readFileSync(path)).etag;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes and flushes a file beside the keys; it is gone afterwards, unless `use` renamed it. */
function withTemporary(root: string, bytes: Uint8Array, use: (path: string) => WriteOutcome): WriteOutcome {
  const folder = join(root, TEMPORARY);
  makeFolder(folder);
  const path = join(folder, randomUUID());
  try {
    const file = openSync(path, 'wx', 0o644);
    try {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return use(path);
  } finally {
    rmSync(path, { force: true });
  }
}

/** Makes a link or a rename survive a power cut. */
function flush(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Removes what crashed writers left. Younger files may belong to a writer that is still at work. */
async function sweep(root: string): Promise<void> {
  const folder = join(root, TEMPORARY);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const age = await stat(path).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    );
    if (age > LEFTOVER_AGE_MS) await rm(path, { force: true });
  }
}

async function* listFolder(root: string, prefix: string, signal?: AbortSignal): AsyncIterable<StoredKey> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (folder !== '') checkKey(folder.slice(0, -1));
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(
    ignoreMissing,
  );
  const keys = (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((key) => key.startsWith(prefix) && !key.startsWith(`${TEMPORARY}/`) && key !== LOCK)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const key of keys) {
    signal?.throwIfAborted();
    const found = await stat(join(root, key)).catch(ignoreMissing);
    if (found !== undefined) yield { key, bytes: found.size, modifiedAt: found.mtime };
  }
}

async function readIfThere(path: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  return readFile(path, { signal }).catch(ignoreMissing);
}

/** What the store keeps for itself is no key. */
function checkOwnKey(key: string): void {
  checkKey(key);
  if (key.startsWith(`${TEMPORARY}/`) || key === TEMPORARY || key === LOCK) checkKey('..');
}

/** A folder, or a file where a folder is expected, is no object. */
function ignoreMissing(error: unknown): undefined {
  if (!['ENOENT', 'EISDIR', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

const REASONS: Readonly<Record<string, readonly [reason: string, nextStep: string]>> = {
  ENOSPC: [
    'the disk is full',
    'Free some space and run the same command again: what is published already is kept.',
  ],
  EDQUOT: ['your disk quota is used up', 'Free some space and run the same command again.'],
  EACCES: ['permission denied', 'Give your user write access to the folder, or choose another store.'],
  ENOTDIR: ['a file lies where a folder belongs', 'Remove the file.'],
  EEXIST: ['a file lies where a folder belongs', 'Remove the file.'],
  EROFS: ['the file system is read-only', 'Choose a store that can be written.'],
};

/** A disk's refusal in words; other errors pass unchanged. */
function writeError(error: unknown, root: string, key: string): unknown {
  const known = REASONS[codeOf(error) ?? ''];
  if (known === undefined) return error;
  const facts = { store: pathToFileURL(root).href, key };
  return new RemoteError(`Cannot write an artifact: ${known[0]}.`, {
    code: 'HERMES_STORE_WRITE',
    facts,
    nextStep: known[1],
    cause: error,
  });
}
