import type { Clock } from '../core/clock.ts';

const PERIOD_MS = 500;

/**
 * A signal that aborts when the process that started this one is gone, or the terminal hangs up: a git hook whose
 * receiver died has nobody to report to. Call `stop` to end the watch.
 */
export function untilOrphaned(clock: Clock): { readonly signal: AbortSignal; stop(): void } {
  const orphaned = new AbortController();
  const watch = new AbortController();
  const parent = process.ppid;
  const hangUp = () => orphaned.abort(new Error('interrupted by SIGHUP'));
  process.once('SIGHUP', hangUp);
  const look = async () => {
    while (process.ppid === parent) await clock.sleep(PERIOD_MS, watch.signal);
    orphaned.abort(new Error('interrupted: whoever pushed is gone'));
  };
  look().catch(() => undefined);
  return {
    signal: orphaned.signal,
    stop: () => {
      process.removeListener('SIGHUP', hangUp);
      watch.abort();
    },
  };
}
