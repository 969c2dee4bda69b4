import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { ConfigError, RemoteError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';

export interface UploadRequest {
  /** Absolute path of the file to give. */
  readonly file: string;
  /** Folder of the team's uploads. */
  readonly folder: string;
  /** @defaultValue the file's own name */
  readonly name?: string;
  /** Overwrites other content under the name. @defaultValue false */
  readonly replace?: boolean;
}

/** A file that runs in development may read. */
export interface UploadedFile {
  readonly name: string;
  /** What a script gets as parameter. */
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  /** `unchanged`: the same content was there already. */
  readonly outcome: 'created' | 'unchanged' | 'replaced';
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;

/**
 * Copies a file into the uploads of a team. It appears whole or not at all.
 * @throws ConfigError for a missing file, a folder, a name that does not fit a URL, or other content under the name
 */
export async function uploadFile(request: UploadRequest): Promise<UploadedFile> {
  const { file, folder, replace = false } = request;
  const name = request.name ?? basename(file);
  checkName(name);
  const bytes = await sizeOf(file);
  makeFolder(folder);
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  const target = join(folder, name);
  try {
    await copyWhole(file, temporary);
    const sha256 = await hashFile(temporary);
    const outcome = await place(temporary, target, sha256, replace);
    return { name, url: pathToFileURL(target).href, bytes, sha256, outcome };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(folder, error) : error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function place(
  temporary: string,
  target: string,
  sha256: string,
  replace: boolean,
): Promise<UploadedFile['outcome']> {
  try {
    await link(temporary, target);
    return 'created';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if ((await hashFile(target)) === sha256) return 'unchanged';
  if (!replace) {
    throw new ConfigError(`Cannot upload ${basename(target)}: another file of that name is there.`, {
      code: 'HERMES_UPLOAD_EXISTS',
      facts: { existing: pathToFileURL(target).href },
      nextStep: 'Give it another name with --as NAME, or overwrite it with --replace.',
    });
  }
  await rename(temporary, target);
  return 'replaced';
}

async function copyWhole(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const handle = await open(to, 'r+');
  try {
    await handle.chmod(0o644);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() === true) return found.size;
  const reason = found === undefined ? 'there is no such file' : 'it is not a file';
  throw new ConfigError(`Cannot upload ${file}: ${reason}.`, {
    code: 'HERMES_UPLOAD_FILE',
    nextStep:
      found?.isDirectory() === true ? 'Upload its files one by one, or as one archive.' : 'Check the path.',
  });
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  const suggestion = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+/, '')
    .slice(0, 200);
  throw new ConfigError(
    `Cannot upload under the name ${JSON.stringify(name)}: it may hold letters, digits, ".", "_" and "-", and begin with a letter, a digit or "_".`,
    {
      code: 'HERMES_UPLOAD_NAME',
      nextStep: `Name it yourself: --as ${NAME.test(suggestion) ? suggestion : 'data.csv'}`,
    },
  );
}

function diskFull(folder: string, cause: unknown): RemoteError {
  return new RemoteError('Cannot upload: the disk is full.', {
    code: 'HERMES_STORE_WRITE',
    facts: { folder },
    nextStep: 'Free some space and run the same command again.',
    cause,
  });
}
