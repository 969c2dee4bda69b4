/** Milliseconds between two polls of a run: a share of the time that the watch has lasted, within bounds. */
export interface PollingPace {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** For the embedded workspace: a short script is not kept waiting. */
export const localPace: PollingPace = { firstMs: 20, lastMs: 1000 };

/** For a real workspace: a cluster takes minutes, and polls are limited. @param periodSeconds the slowest pace */
export function remotePace(periodSeconds = 15): PollingPace {
  return { firstMs: 2000, lastMs: periodSeconds * 1000 };
}

const SHARE = 0.05;
const POLLS_PER_SECOND = 25;

/**
 * Milliseconds until a run is polled again. Many runs that are polled one by one share what a workspace allows
 * (100 `runs/get` per second for everyone, https://docs.databricks.com/aws/en/resources/limits).
 */
export function pollDelayMs(lastedMs: number, pace: PollingPace, runs: number): number {
  const wanted = Math.min(pace.lastMs, Math.max(pace.firstMs, lastedMs * SHARE));
  const allowed = runs <= POLLS_PER_SECOND ? 0 : (runs / POLLS_PER_SECOND) * 1000;
  return Math.max(wanted, allowed);
}

/** The same, a little longer or shorter, so that what began together does not stay together. */
export function jittered(milliseconds: number): number {
  return milliseconds * (0.95 + Math.random() * 0.1);
}
