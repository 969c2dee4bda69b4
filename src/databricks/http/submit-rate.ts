import type { Clock } from '../../core/clock.ts';

/** A workspace takes 35 submits a second from all its callers; one process takes at most 30 of them. */
const PER_SECOND = 25;
const BURST = 5;

interface Bucket {
  tokens: number;
  /** Milliseconds since 1970, of the last refill. */
  at: number;
}

// By clock: everything that runs on the machine's time shares one bucket.
const buckets = new WeakMap<Clock, Bucket>();

/**
 * Waits until another submit may go out: in any second, at most 30 of the process
 * (https://docs.databricks.com/resources/limits).
 */
export async function awaitSubmitTurn(clock: Clock, signal?: AbortSignal): Promise<void> {
  const now = clock.now().getTime();
  const bucket = buckets.get(clock) ?? { tokens: BURST, at: now };
  buckets.set(clock, bucket);
  const grown = bucket.tokens + ((now - bucket.at) * PER_SECOND) / 1000;
  bucket.tokens = Math.min(BURST, grown) - 1;
  bucket.at = now;
  if (bucket.tokens < 0) await clock.sleep(Math.ceil((-bucket.tokens * 1000) / PER_SECOND), signal);
}
