import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance, isAxiosError } from 'axios';
import type { Clock } from '../core/clock.ts';
import { ConnectionError } from '../core/errors.ts';
import { type JsonObject, parseJson, stringifyJson } from '../core/json.ts';
import { hermesVersion } from '../core/package-root.ts';
import { type Connection, isLoopback } from './connection.ts';
import { type Failure, failureError, parseFailure } from './failure.ts';
import { object } from './parse-run.ts';
import { type Attempt, defaultRetryBudget, type RetryBudget, retryDelayMs } from './retry.ts';

/** One call of the REST API. */
interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  /** What fails when it fails: `submit the run`. */
  readonly action: string;
  /** True when a second call does no more than the first. */
  readonly repeatable: boolean;
}

/** Sends calls, again where that is safe, and answers the parsed body. */
export type Transport = (call: Call, signal?: AbortSignal) => Promise<JsonObject>;

export interface TransportOptions {
  readonly clock: Clock;
  readonly budget?: RetryBudget;
  /** Of one attempt. @defaultValue 60 */
  readonly timeoutSeconds?: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds?: number;
}

/** Makes a transport; the token stays inside it and appears in no error. */
export function createTransport(connection: Connection, options: TransportOptions): Transport {
  const http = createHttp(connection, options.timeoutSeconds ?? 60);
  const budget = options.budget ?? defaultRetryBudget;
  return async (call, signal) => {
    const giveUpAt = options.clock.now().getTime() + budget.seconds * 1000;
    for (let number = 1; ; number++) {
      const answer = await send(http, connection, call, signal);
      if (typeof answer !== 'string' && answer.status < 300) return object(parseJson(answer.body || '{}'));
      const attempt = attemptOf(number, answer);
      const delay = retryDelayMs(attempt, call.repeatable, budget, Math.random());
      if (delay === undefined || options.clock.now().getTime() + delay > giveUpAt) {
        throw errorOf(attempt.failure, answer, call, connection.host);
      }
      await options.clock.sleep(delay, signal);
    }
  };
}

function createHttp(connection: Connection, timeoutSeconds: number): AxiosInstance {
  return axios.create({
    baseURL: connection.host,
    timeout: timeoutSeconds * 1000,
    responseType: 'text',
    transformResponse: [(data: unknown) => data],
    validateStatus: () => true,
    maxRedirects: 0,
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
    // A proxy of the machine has no business between us and a server of this machine.
    ...(isLoopback(connection.host) ? { proxy: false as const } : {}),
  });
}

/** The answer, or the network's code (`ECONNREFUSED`) when there is none. */
async function send(
  http: AxiosInstance,
  connection: Connection,
  call: Call,
  signal?: AbortSignal,
): Promise<Answer | string> {
  try {
    const response = await http.request<string>({
      method: call.method,
      url: call.path,
      ...(call.query === undefined ? {} : { params: call.query }),
      ...(call.body === undefined ? {} : { data: stringifyJson(call.body) }),
      headers: {
        Authorization: `Bearer ${connection.token}`,
        'Content-Type': 'application/json',
        'User-Agent': `hermes-data-products/${hermesVersion}`,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const retryAfter = Number(response.headers['retry-after']);
    return {
      status: response.status,
      // A server that repeats the token in its complaint must not make us repeat it.
      body: (response.data ?? '').replaceAll(connection.token, '[redacted]'),
      ...(Number.isInteger(retryAfter) && retryAfter >= 0 ? { retryAfterSeconds: retryAfter } : {}),
    };
  } catch (error) {
    signal?.throwIfAborted();
    // An AxiosError holds the request with its token, so only its code goes on.
    if (isAxiosError(error)) return error.code ?? 'ECONNRESET';
    throw error;
  }
}

function attemptOf(number: number, answer: Answer | string): Attempt {
  if (typeof answer === 'string') return { number };
  const failure = parseFailure(answer.status, answer.body);
  return answer.retryAfterSeconds === undefined
    ? { number, failure }
    : { number, failure, retryAfterSeconds: answer.retryAfterSeconds };
}

function errorOf(failure: Failure | undefined, answer: Answer | string, call: Call, host: string): Error {
  if (failure !== undefined) return failureError(failure, call.action, host);
  return new ConnectionError(`Cannot ${call.action}: no answer from the workspace`, {
    code: 'HERMES_DATABRICKS_UNREACHABLE',
    facts: { host, reason: String(answer) },
    nextStep: isLoopback(host)
      ? 'See whether it runs: hermes workspace status'
      : 'Check DATABRICKS_HOST and the network, then try again.',
  });
}
