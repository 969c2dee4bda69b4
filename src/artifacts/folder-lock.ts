import { setTimeout as delay } from 'node:timers/promises';
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
    await delay(Math.random() * MAX_PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  }
}
