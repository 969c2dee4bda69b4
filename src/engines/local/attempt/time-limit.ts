import type { Clock } from '../../../core/clock.ts';

/** The reason of a signal that a time limit has aborted. */
export class TimeLimitReached extends Error {}

export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Stops the clock; must be called, or the timer keeps the process. */
  clear(): void;
}

/** A signal that aborts with {@link TimeLimitReached} after some time; without a time, never. */
export function timeLimit(clock: Clock, seconds: number | undefined): TimeLimit {
  const limit = new AbortController();
  const timer = new AbortController();
  if (seconds !== undefined) {
    clock.sleep(Math.max(0, seconds) * 1000, timer.signal).then(
      () => limit.abort(new TimeLimitReached(`${seconds} s are over`)),
      () => undefined,
    );
  }
  return { signal: limit.signal, clear: () => timer.abort() };
}
