import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FileLock, tryFileLock } from '../core/file-lock.ts';

/** Takes the lock of a workspace folder, or answers undefined when a living process holds it. */
export function takeServerLock(folder: string): FileLock | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return tryFileLock(join(folder, 'server.lock'));
}
