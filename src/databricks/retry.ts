import type { Failure } from './failure.ts';

/** How long calls are tried again. */
export interface RetryBudget {
  /** No further attempt once this much time has passed since the first. */
  readonly seconds: number;
  /** Attempts after a 5xx that may be our own doing. */
  readonly serverErrors: number;
}

/** As the official clients do: five minutes in all. */
export const defaultRetryBudget: RetryBudget = { seconds: 300, serverErrors: 3 };

const TRANSIENT = /ClusterNotReadyException|Please try again later|RPC token bucket limit has been exceeded/;
const CAP_SECONDS = 10;

/** What came of one attempt: an answer that is a failure, or no answer at all. */
export interface Attempt {
  /** Counts from 1. */
  readonly number: number;
  /** Absent when the connection broke or the time was up. */
  readonly failure?: Failure;
  /** Header `Retry-After` in whole seconds. */
  readonly retryAfterSeconds?: number;
}

/**
 * Milliseconds until the next attempt, or undefined when there is none.
 * 429 and 503 and broken connections are tried again, as the official clients do; other 5xx a few times only;
 * a call that is not repeatable (a submit without token) never, unless it was surely not carried out.
 * @param random Between 0 and 1.
 */
export function retryDelayMs(
  attempt: Attempt,
  repeatable: boolean,
  budget: RetryBudget,
  random: number,
): number | undefined {
  const wait = (attempt.retryAfterSeconds ?? Math.min(CAP_SECONDS, attempt.number)) * 1000;
  const jittered =
    attempt.number === 1 && attempt.failure === undefined ? random * 200 : wait + random * 1000;
  if (attempt.failure === undefined) return repeatable ? jittered : undefined;
  const { status, message, code } = attempt.failure;
  if (status === 429) return jittered;
  if (!repeatable) return undefined;
  if (status === 503 || status === 504 || TRANSIENT.test(message) || code === 'COULD_NOT_ACQUIRE_LOCK')
    return jittered;
  return status >= 500 && attempt.number <= budget.serverErrors ? jittered : undefined;
}
