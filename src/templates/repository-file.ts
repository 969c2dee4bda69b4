import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256Hex } from '../core/sha256.ts';
import type { RenderedFile } from './render-template.ts';
import { gitBlobId, type RecordedFile } from './template-record.ts';

/** Modes that git knows: a file, an executable one, a symbolic link, a submodule. */
type FileMode = '100644' | '100755' | '120000' | '160000';

/** A file of a repository; its id is enough where it equals that of the template. */
export interface RepositoryFile {
  readonly blob: string;
  readonly mode: FileMode;
  readonly bytes?: Buffer;
}

/** The files of a repository by their paths, folders left out. */
export type RepositoryFiles = ReadonlyMap<string, RepositoryFile>;

/** Whether it is as the record has it; other line ends count as the same. */
export function isAsRecorded(file: RepositoryFile, recorded: RecordedFile): boolean {
  if (isLink(file)) return false;
  if (file.blob === recorded.blob) return true;
  if (file.bytes === undefined) return false;
  return sha256Hex(file.bytes) === recorded.sha256 || sha256Hex(toLf(file.bytes)) === recorded.sha256;
}

/** Whether it is as the template has it; other line ends count as the same. */
export function isAsRendered(file: RepositoryFile, rendered: RenderedFile): boolean {
  if (isLink(file)) return false;
  if (file.blob === gitBlobId(rendered.bytes)) return true;
  return file.bytes !== undefined && toLf(file.bytes).equals(rendered.bytes);
}

/** A symbolic link or a submodule: nothing that could be merged. */
export function isLink(file: RepositoryFile): boolean {
  return file.mode === '120000' || file.mode === '160000';
}

/** Whether every line ends as on Windows. */
export function hasCrlf(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  return text.includes('\r\n') && !/(^|[^\r])\n/.test(text);
}

/** The bytes with line ends as git keeps them; as they are when not every line ends as on Windows. */
export function toLf(bytes: Buffer): Buffer {
  return hasCrlf(bytes) ? Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') : bytes;
}

/** The bytes with line ends as on Windows. */
export function toCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}

/** Reads some files of a working folder, as git would see them; folders and missing files are left out. */
export function readWorkingFiles(folder: string, paths: readonly string[]): RepositoryFiles {
  return new Map(
    paths.flatMap((path) => {
      const file = readWorkingFile(folder, path);
      return file === undefined ? [] : [[path, file] as const];
    }),
  );
}

function readWorkingFile(folder: string, path: string): RepositoryFile | undefined {
  if (hasLinkedParent(folder, path)) return undefined;
  const full = join(folder, path);
  const found = statOf(full);
  if (found?.isSymbolicLink() === true) {
    const bytes = Buffer.from(readlinkSync(full));
    return { blob: gitBlobId(bytes), mode: '120000', bytes };
  }
  if (found?.isFile() !== true) return undefined;
  const bytes = readFileSync(full);
  return { blob: gitBlobId(bytes), mode: (found.mode & 0o100) === 0 ? '100644' : '100755', bytes };
}

/** A link on the way would lead out of what git knows as the repository. */
function hasLinkedParent(folder: string, path: string): boolean {
  const parent = dirname(path);
  if (parent === '.') return false;
  return statOf(join(folder, parent))?.isSymbolicLink() === true || hasLinkedParent(folder, parent);
}

function statOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
