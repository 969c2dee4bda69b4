import type { Clock } from '../../core/clock.ts';
import { activeRuns } from '../jobs/runs.ts';
import { nextDue } from '../jobs/saved-jobs.ts';
import { type Database, openDatabase, readMeta, writeMeta } from '../state/database.ts';

const CHECK_MS = 30_000;

export interface IdleWatch {
  readonly db: Database;
  readonly clock: Clock;
  /** Names this start of the server. */
  readonly instance: string;
  /** Epoch milliseconds of the last request. */
  readonly lastRequest: () => number;
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** Remembers when the server was last used. */
export function watchUse(clock: Clock): { touch(): void; lastRequest(): number } {
  let at = clock.now().getTime();
  return {
    touch: () => {
      at = clock.now().getTime();
    },
    lastRequest: () => at,
  };
}

/** Resolves when the server has had nothing to do for so long; never when it was told to stay, or a job starts by itself. */
export async function untilIdle(watch: IdleWatch): Promise<void> {
  const { clock, idleMs, signal } = watch;
  for (;;) {
    await clock.sleep(Math.min(idleMs, CHECK_MS), signal);
    const isQuiet = clock.now().getTime() - watch.lastRequest() >= idleMs;
    const stays = readMeta(watch.db, 'stays') === watch.instance;
    const isAwaited = activeRuns(watch.db).length > 0 || nextDue(watch.db) !== undefined;
    if (isQuiet && !stays && !isAwaited) return;
  }
}

/** Tells a running server, by its instance, not to end by itself. */
export function keepServer(folder: string, instance: string): void {
  const db = openDatabase(folder);
  writeMeta(db, 'stays', instance);
  db.close();
}
