import { systemClock } from '../core/clock.ts';
import { tryFileLock } from '../core/file-lock.ts';

const MAX_PAUSE_MS = 20;

/** Runs `work` while no other process (or call) runs any under the same lock file. `work` is synchronous and short. */
export async function underLock<T>(file: string, work: () => T, signal?: AbortSignal): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    const lock = tryFileLock(file);
    if (lock !== undefined) {
      try {
        return work();
      } finally {
        lock.release();
      }
    }
    await systemClock.sleep(Math.random() * MAX_PAUSE_MS, signal);
  }
}
