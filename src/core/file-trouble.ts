import { existsSync, lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { ConfigError } from './errors.ts';
import { packageRoot } from './package-root.ts';
import { printableLine } from './printable.ts';
import { ProblemsError } from './problems.ts';

const FREE = 'Free some space and run the same command again.';
const GRANT = 'Give your user access to it, or work as the user whose it is.';

// https://nodejs.org/api/errors.html#common-system-errors and errno(3)
const reasons: Readonly<Record<string, readonly [reason: string, nextStep?: string]>> = {
  EACCES: ['permission denied', GRANT],
  EPERM: ['permission denied', GRANT],
  ENOENT: ['there is no such file or folder'],
  ENOTDIR: ['a file lies where a folder belongs'],
  EISDIR: ['a folder lies where a file belongs'],
  EROFS: ['the file system is read-only', 'Choose a place that can be written.'],
  ENOSPC: ['no space is left there', FREE],
  EDQUOT: ['your disk quota is used up', FREE],
  ELOOP: ['its links lead in a circle'],
  ENAMETOOLONG: ['the name is too long'],
  EMFILE: ['too many files are open', 'Raise the limit of open files (ulimit -n).'],
  EIO: ['the disk reports an error'],
};

const verbs: Readonly<Record<string, string>> = {
  open: 'open',
  read: 'read',
  scandir: 'read',
  opendir: 'read',
  stat: 'read',
  lstat: 'read',
  access: 'read',
  realpath: 'read',
  write: 'write',
  rename: 'write',
  copyfile: 'write',
  link: 'write',
  symlink: 'write',
  fsync: 'write',
  ftruncate: 'write',
  mkdir: 'make',
  mkdtemp: 'make',
  unlink: 'remove',
  rmdir: 'remove',
  rm: 'remove',
  chmod: 'change',
  fchmod: 'change',
  chown: 'change',
  utime: 'change',
};

/** Why the system refuses a file, in a few words; undefined for any other error. */
export function refusalOfFile(error: unknown): string | undefined {
  const { code = '', syscall = '' } = errnoOf(error);
  return Object.hasOwn(verbs, syscall) && Object.hasOwn(reasons, code) ? reasons[code]?.[0] : undefined;
}

/**
 * A refusal of the system about a file of the user (no permission, a full disk, a missing folder) as an error that he
 * can act on; undefined for any other error, and for files of Hermes itself.
 */
export function fileTrouble(error: unknown): ConfigError | undefined {
  const reason = refusalOfFile(error);
  const { code = '', syscall = '', path, dest } = errnoOf(error);
  // The name that a temporary folder would have had says nothing.
  const file = dest ?? (syscall === 'mkdtemp' && path !== undefined ? dirname(path) : path);
  if (reason === undefined || file?.startsWith(join(packageRoot, sep)) === true) return undefined;
  const place = file === undefined ? 'the output' : printableLine(file);
  const what = syscall === 'mkdtemp' ? `a folder in ${place}` : place;
  const nextStep = reasons[code]?.[1];
  return new ConfigError(`Cannot ${verbs[syscall]} ${what}: ${reason}.`, {
    code: 'HERMES_FILE',
    cause: error,
    ...(nextStep === undefined ? {} : { nextStep }),
  });
}

/**
 * The text of a file that a user wrote.
 * @param shown The file as he would type it.
 * @throws ProblemsError that names it, when the system refuses it
 */
export function readSourceFile(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = refusalOfFile(error);
    if (reason === undefined) throw error;
    const message = danglingLink(path) ?? `The file cannot be read: ${reason}.`;
    throw new ProblemsError([{ file: shown, message }]);
  }
}

/** The sentence for a link to nothing; undefined for any other path. */
export function danglingLink(path: string): string | undefined {
  try {
    if (!lstatSync(path).isSymbolicLink() || existsSync(path)) return undefined;
    // A link in a circle is found by following it.
    statSync(path, { throwIfNoEntry: false });
    return `This link leads nowhere: there is no ${printableLine(readlinkSync(path))}.`;
  } catch {
    return undefined;
  }
}

interface Errno {
  readonly code?: string;
  readonly syscall?: string;
  readonly path?: string;
  /** The second path of a renaming or a copy. */
  readonly dest?: string;
}

function errnoOf(error: unknown): Errno {
  return error instanceof Error ? (error as Errno) : {};
}
