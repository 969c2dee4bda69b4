import type { Clock } from '../../core/clock.ts';
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
// A wrong name or a certificate that nobody vouches for does not mend itself in minutes.
const LASTING =
  /^(ENOTFOUND|CERT_|ERR_TLS|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERR_INVALID|EPROTO|ERR_SSL|HPE_)/;
const CAP_SECONDS = 10;
/** Where nothing has ever answered, the address is more likely wrong than the workspace away. */
const FIRST_CONTACT_SECONDS = 15;
/** The machine is there and says that nothing listens. */
const REFUSED_SECONDS = 3;

/** What a process knows of the other end. */
export interface Contact {
  /** Whether anything has ever answered there, be it a refusal. */
  hasAnswered: boolean;
}

/** What came of one attempt that did not do it: an answer that is a failure, or no answer at all. */
export interface Attempt {
  /** Counts from 1. */
  readonly number: number;
  /** Absent when the connection broke or the time was up. */
  readonly failure?: Failure;
  /** The network's code, when there is no answer. */
  readonly network?: string;
  /** From the header `Retry-After`. */
  readonly retryAfterMs?: number;
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
  const wait = attempt.retryAfterMs ?? Math.min(CAP_SECONDS, attempt.number) * 1000;
  const jittered =
    attempt.number === 1 && attempt.failure === undefined ? random * 200 : wait + random * 1000;
  if (attempt.failure === undefined)
    return repeatable && !LASTING.test(attempt.network ?? '') ? jittered : undefined;
  const { status, message, code } = attempt.failure;
  if (status === 429) return jittered;
  if (!repeatable) return undefined;
  if (status === 503 || status === 504 || TRANSIENT.test(message) || code === 'COULD_NOT_ACQUIRE_LOCK')
    return jittered;
  return status >= 500 && attempt.number <= budget.serverErrors ? jittered : undefined;
}

/**
 * Milliseconds that `Retry-After` asks for: whole seconds or a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). Undefined when it says neither.
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = (header ?? '').trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Z][a-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

/** How to try, and to wait in between. */
export interface Persistence {
  readonly clock: Clock;
  readonly budget: RetryBudget;
  /** True when a second attempt does no more than the first. */
  readonly repeatable: boolean;
  /** Shared by all calls of a client. */
  readonly contact: Contact;
}

/**
 * Tries until it is done, or until another attempt is not worth it: then `fail` makes the error of the last one.
 * @param attempt Answers what was asked for, or how it failed; gets the number of the attempt, from 1.
 */
export async function persist<T>(
  { clock, budget, repeatable, contact }: Persistence,
  attempt: (number: number) => Promise<{ readonly done: T } | Attempt>,
  fail: (last: Attempt) => Error,
  signal?: AbortSignal,
): Promise<T> {
  const startedAt = clock.now().getTime();
  for (let number = 1; ; number++) {
    const outcome = await attempt(number);
    if ('done' in outcome || outcome.failure !== undefined) contact.hasAnswered = true;
    if ('done' in outcome) return outcome.done;
    const giveUpAt = startedAt + patienceSeconds(outcome, budget, contact) * 1000;
    const delay = retryDelayMs(outcome, repeatable, budget, Math.random());
    if (delay === undefined || clock.now().getTime() + delay > giveUpAt) throw fail(outcome);
    await clock.sleep(delay, signal);
  }
}

function patienceSeconds({ network }: Attempt, { seconds }: RetryBudget, { hasAnswered }: Contact): number {
  if (hasAnswered) return seconds;
  return Math.min(seconds, network === 'ECONNREFUSED' ? REFUSED_SECONDS : FIRST_CONTACT_SECONDS);
}
