import type { Clock } from '../../../core/clock.ts';
import { type FileLock, tryFileLock } from '../../../core/file-lock.ts';

const POLL_MS = 100;

/** Takes the lock of a file, waiting for its holder. @param onWait Called once, when somebody else has it. */
export async function waitForLock(
  file: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  onWait: () => void,
): Promise<FileLock> {
  for (let tries = 0; ; tries += 1) {
    const lock = tryFileLock(file);
    if (lock !== undefined) return lock;
    if (tries === 0) onWait();
    await clock.sleep(POLL_MS, signal);
  }
}
