import { setTimeout as delay } from 'node:timers/promises';

// SQLite's code for "another connection holds the lock": https://www.sqlite.org/rescode.html#busy
const SQLITE_BUSY = 5;
const MAX_PAUSE_MS = 20;

/**
 * Runs `work` while no other process (or call) runs any under the same lock file.
 * The lock is the operating system's own, taken by SQLite on an empty file: it ends with its holder,
 * also by `kill -9`, so there is nothing stale to break. `work` is synchronous and short.
 */
export async function underLock<T>(file: string, work: () => T, signal?: AbortSignal): Promise<T> {
  const { DatabaseSync } = await import('node:sqlite');
  for (;;) {
    signal?.throwIfAborted();
    const lock = new DatabaseSync(file, { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
    } finally {
      lock.close();
    }
    await delay(Math.random() * MAX_PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
