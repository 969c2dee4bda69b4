import type { Clock } from '../../core/clock.ts';
import { RemoteError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { isPageType, type RequestFailure, requestFailure } from './request-failure.ts';
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

/** A request as octokit prepares it, as far as it matters here. */
interface Endpoint {
  readonly method: string;
  readonly url: string;
  readonly request: { readonly signal?: unknown };
}

interface Answer {
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
  /** The whole address, where that of the endpoint has names in place of values. */
  readonly url?: string;
}

/** POSTs that make the same thing of the same body, so that one more does no harm. */
const REPEATABLE_POST = /\/git\/(?:trees|commits|blobs)$/;

/**
 * Sends a request, and again when GitHub asks for patience or fails. A POST whose fate is unknown is not repeated:
 * who sent it looks what came of it. Refusals (4xx) are never repeated.
 */
export async function sendPatiently<E extends Endpoint, A extends Answer>(
  send: (endpoint: E) => Promise<A> | A,
  endpoint: E,
  sending: Sending,
): Promise<A> {
  const { signal, gate } = sending;
  const limits = { ...DEFAULT_LIMITS, ...sending.limits };
  const own = endpoint.request.signal;
  const stop = own instanceof AbortSignal ? AbortSignal.any([signal, own]) : signal;
  const isWrite = changesSomething(endpoint);
  const once = async () => {
    const timed = AbortSignal.any([stop, AbortSignal.timeout(limits.timeoutSeconds * 1000)]);
    return whole(await send({ ...endpoint, request: { ...endpoint.request, signal: timed } }), endpoint);
  };
  for (const tries = { failed: 0, asked: 0 }; ; ) {
    try {
      return await gate.pass(isWrite, stop, once);
    } catch (error) {
      stop.throwIfAborted();
      await standBack(error, tries, endpoint, { ...sending, signal: stop, limits });
    }
  }
}

/**
 * Waits before a request is sent again.
 * @throws the error itself when it is not to be sent again; RemoteError when GitHub wants to be left alone for too long
 */
async function standBack(
  error: unknown,
  tries: { failed: number; asked: number },
  endpoint: Endpoint,
  { clock, signal, gate, onWait, limits }: Sending & { readonly limits: Limits },
): Promise<void> {
  const failure = requestFailure(error);
  if (failure === undefined) throw error;
  const seconds = secondsAsked(failure, tries.asked, clock);
  if (seconds !== undefined) {
    tries.asked += 1;
    if (tries.asked > limits.waits || seconds > limits.longestWaitSeconds)
      throw tooLong(seconds, clock, error);
    // For all requests: who goes on asking is left waiting longer.
    if (gate.hold(seconds * 1000)) onWait?.(`GitHub asks to wait ${Math.ceil(seconds)} seconds.`);
    return;
  }
  tries.failed += 1;
  const isSentAgain = isRepeatable(endpoint) || !changesSomething(endpoint);
  if (!failure.isUncertain || !isSentAgain || tries.failed > limits.retries) throw error;
  const pauseSeconds = tries.failed ** 2;
  if (pauseSeconds > 1) onWait?.(`${troubleOf(failure)}; trying again in ${pauseSeconds} seconds.`);
  await clock.sleep(pauseSeconds * 1000, signal);
}

function troubleOf({ status, message }: RequestFailure): string {
  return status === 0
    ? `GitHub does not answer: ${printableLine(message)}`
    : `GitHub is in trouble (${status})`;
}

/** Whether a request may be sent once more although it perhaps took effect: here that has been done. */
export function isRepeatable({ method, url }: Pick<Endpoint, 'method' | 'url'>): boolean {
  return method !== 'POST' || REPEATABLE_POST.test(url);
}

function changesSomething(endpoint: Endpoint): boolean {
  const { method, url } = endpoint;
  if (method === 'GET' || method === 'HEAD') return false;
  const { query } = endpoint as { readonly query?: unknown };
  return !(url.endsWith('/graphql') && typeof query === 'string' && !/^\s*mutation\b/.test(query));
}

/** A connection that breaks within an answer leaves octokit with a text where an object should be. */
function whole<A extends Answer>(answer: A, { method, url }: Endpoint): A {
  const { headers, data } = answer;
  if (isPageType(headers['content-type'])) {
    const page = new Error(`The answer to ${method} ${url} is a page.`);
    throw Object.assign(page, {
      status: 404,
      request: { method, url: answer.url ?? url },
      response: { headers, data },
    });
  }
  const isJson = String(answer.headers['content-type']).includes('json');
  if (!isJson || typeof answer.data !== 'string') return answer;
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
