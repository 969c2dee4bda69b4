import type { EndpointDefaults, OctokitResponse } from '@octokit/types';
import type { Clock } from '../core/clock.ts';
import { RemoteError } from '../core/errors.ts';
import { printableLine } from '../core/printable.ts';
import { type RequestFailure, requestFailure } from './request-failure.ts';
import type { Gate } from './request-pace.ts';

/** How long a request is tried. */
export interface Limits {
  /** Times that a request is sent again after trouble at GitHub's end or on the way. */
  readonly retries: number;
  /** Times that GitHub may ask to wait. */
  readonly waits: number;
  /** A wait beyond it is an error that names the time at which to go on. */
  readonly longestWaitSeconds: number;
  /** An answer is waited for so long. */
  readonly timeoutSeconds: number;
}

const DEFAULT_LIMITS: Limits = { retries: 3, waits: 5, longestWaitSeconds: 15 * 60, timeoutSeconds: 60 };

interface Sending {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly gate: Gate;
  readonly onWait?: (sentence: string) => void;
  readonly limits?: Partial<Limits>;
}

type Send = (
  endpoint: Required<EndpointDefaults>,
) => Promise<OctokitResponse<unknown>> | OctokitResponse<unknown>;

/** POSTs that make the same thing of the same body, so that one more does no harm. */
const REPEATABLE_POST = /\/git\/(?:trees|commits|blobs)$/;

/**
 * Sends a request, and again when GitHub asks for patience or fails. A POST whose fate is unknown is not repeated:
 * who sent it looks what came of it. Refusals (4xx) are never repeated.
 */
export async function sendPatiently(
  send: Send,
  endpoint: Required<EndpointDefaults>,
  { clock, signal, gate, onWait, limits }: Sending,
): Promise<OctokitResponse<unknown>> {
  const { retries, waits, longestWaitSeconds, timeoutSeconds } = { ...DEFAULT_LIMITS, ...limits };
  const own = endpoint.request.signal as AbortSignal | undefined;
  const stop = own === undefined ? signal : AbortSignal.any([signal, own]);
  const isWrite = changesSomething(endpoint);
  const isRepeatable = endpoint.method !== 'POST' || !isWrite || REPEATABLE_POST.test(endpoint.url);
  const once = async () => {
    const timed = AbortSignal.any([stop, AbortSignal.timeout(timeoutSeconds * 1000)]);
    return whole(await send({ ...endpoint, request: { ...endpoint.request, signal: timed } }), endpoint);
  };
  let failures = 0;
  let asked = 0;
  for (;;) {
    try {
      return await gate.pass(isWrite, stop, once);
    } catch (error) {
      stop.throwIfAborted();
      const failure = requestFailure(error);
      if (failure === undefined) throw error;
      const waitSeconds = secondsAsked(failure, asked, clock);
      if (waitSeconds !== undefined) {
        asked += 1;
        if (asked > waits || waitSeconds > longestWaitSeconds) throw tooLong(waitSeconds, clock, error);
        onWait?.(`GitHub asks to wait ${Math.ceil(waitSeconds)} seconds.`);
        await clock.sleep(waitSeconds * 1000, stop);
      } else {
        failures += 1;
        if (!failure.isUncertain || !isRepeatable || failures > retries) throw error;
        const pauseSeconds = failures ** 2;
        if (pauseSeconds > 1) onWait?.(`${troubleOf(failure)}; trying again in ${pauseSeconds} seconds.`);
        await clock.sleep(pauseSeconds * 1000, stop);
      }
    }
  }
}

function troubleOf({ status, message }: RequestFailure): string {
  return status === 0
    ? `GitHub does not answer: ${printableLine(message)}`
    : `GitHub is in trouble (${status})`;
}

function changesSomething({ method, url, ...rest }: Required<EndpointDefaults>): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const { query } = rest as { readonly query?: unknown };
  return !(url.endsWith('/graphql') && typeof query === 'string' && !/^\s*mutation\b/.test(query));
}

/** A connection that breaks within an answer leaves octokit with a text where an object should be. */
function whole(
  response: OctokitResponse<unknown>,
  { method, url }: Required<EndpointDefaults>,
): OctokitResponse<unknown> {
  const isJson = response.headers['content-type']?.includes('json') === true;
  if (!isJson || typeof response.data !== 'string') return response;
  const error = new Error(`The answer to ${method} ${url} ended too early.`);
  throw Object.assign(error, { status: 500, request: { method, url } });
}

/** Seconds for which GitHub wants to be left alone; undefined when it is something else. */
function secondsAsked(
  { status, message, headers }: RequestFailure,
  asked: number,
  clock: Clock,
): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = headers['retry-after'];
  if (after !== undefined && Number.isFinite(Number(after))) return Math.max(Number(after), 1);
  if (headers['x-ratelimit-remaining'] === '0' && headers['x-ratelimit-reset'] !== undefined) {
    // By GitHub's clock: that of this machine may be wrong.
    const now = Date.parse(headers.date ?? '') || clock.now().getTime();
    return Math.max(Number(headers['x-ratelimit-reset']) - now / 1000 + 1, 1);
  }
  // "at least one minute", then more and more
  // (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit).
  return status === 429 || /\bsecondary rate limit\b|\babuse detection\b/i.test(message)
    ? 60 * 2 ** asked
    : undefined;
}

function tooLong(waitSeconds: number, clock: Clock, cause: unknown): RemoteError {
  const at = new Date(clock.now().getTime() + waitSeconds * 1000).toISOString();
  return new RemoteError('Cannot go on with GitHub: its limit of requests is reached.', {
    code: 'HERMES_GITHUB_LIMIT',
    facts: { until: at },
    nextStep: 'Run the same command again then: what is done stays done.',
    cause,
  });
}
