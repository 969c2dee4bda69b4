import { join } from 'node:path';
import { type FileLock, tryFileLock } from '../../core/file-lock.ts';
import { makeFolder } from '../../core/make-folder.ts';

/** Takes the lock of a workspace folder, or answers undefined when a living process holds it. */
export function takeServerLock(folder: string): FileLock | undefined {
  makeFolder(folder, 0o700);
  return tryFileLock(join(folder, 'server.lock'));
}
