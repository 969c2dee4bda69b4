/** The part of a task's options that says when it is tried again. */
export interface RetryRule {
  readonly retryDelaySeconds: number;
  readonly retryExponentialBackoff: boolean;
  readonly maxRetryDelaySeconds?: number;
}

/** Airflow's own bound for a delay (`MAX_RETRY_DELAY`). */
const LONGEST_SECONDS = 24 * 60 * 60;

/**
 * Seconds between an attempt and the next one; with backoff it doubles with each attempt.
 * @param attempt The attempt that failed, counted from 1.
 */
export function retryDelaySeconds(rule: RetryRule, attempt: number): number {
  if (!rule.retryExponentialBackoff) return rule.retryDelaySeconds;
  const doubled = Math.min(LONGEST_SECONDS, rule.retryDelaySeconds * 2 ** (attempt - 1));
  return Math.min(rule.maxRetryDelaySeconds ?? LONGEST_SECONDS, doubled);
}
