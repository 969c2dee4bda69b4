import type { Clock } from '../../core/clock.ts';
import type { HermesError } from '../../core/errors.ts';
import { type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import { object } from '../runs/parse-run.ts';
import { concealer } from '../sign-in/conceal.ts';
import { type Connection, fixedToken, type TokenSource } from '../sign-in/connection.ts';
import { type FailedCall, factsOf, failureError, noApiError, parseFailure } from './failure.ts';
import { createHttp, type Http, type HttpAnswer, type HttpRequest } from './http.ts';
import {
  type Attempt,
  type Contact,
  defaultRetryBudget,
  persist,
  type RetryBudget,
  retryAfterMs,
} from './retry.ts';
import { createSilence } from './silence.ts';
import { awaitSubmitTurn } from './submit-rate.ts';
import { unreachableError } from './unreachable.ts';

/** One call of the REST API. */
interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  /** What fails when it fails: `submit the run`. */
  readonly action: string;
  /** True when a second call does no more than the first. */
  readonly repeatable: boolean;
}

/** What a call that succeeded gave. */
interface Reply {
  readonly body: JsonObject;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends calls, again where that is safe. */
export type Exchange = (call: Call, signal?: AbortSignal) => Promise<Reply>;

/** As {@link Exchange}, for those who want the body only. */
export type Transport = (call: Call, signal?: AbortSignal) => Promise<JsonObject>;

export interface TransportOptions {
  readonly clock: Clock;
  readonly budget?: RetryBudget;
  /** Of one attempt. @defaultValue 60 */
  readonly timeoutSeconds?: number;
  /** Hears, in one line for people, that the workspace has not answered for some seconds. */
  readonly onSilence?: (message: string) => void;
}

const SUBMIT = /\/jobs\/runs\/submit$/;

/** Opens the way to a workspace; tokens stay inside it and appear in no error. */
export function createExchange(connection: Connection, options: TransportOptions): Exchange {
  const { clock, budget = defaultRetryBudget, timeoutSeconds = 60 } = options;
  const http = createHttp(connection.host, timeoutSeconds);
  const source = typeof connection.token === 'string' ? fixedToken(connection.token) : connection.token;
  const contact: Contact = { hasAnswered: false };
  const silenceOf = createSilence(connection.host, clock, options.onSilence);
  return (call, signal) => {
    const failed: FailedCall = {
      action: call.action,
      endpoint: `${call.method} ${call.path}`,
      host: connection.host,
      cure: source.cure,
      ...(connection.hostSource === undefined ? {} : { hostSource: connection.hostSource }),
    };
    const request = requestOf(call, connection);
    const silence = silenceOf();
    const tryOnce = async (number: number): Promise<{ done: Reply } | Attempt> => {
      if (SUBMIT.test(call.path)) await awaitSubmitTurn(clock, signal);
      silence.sent();
      const { answer, token } = await sendSigned(http, source, request, signal);
      if (typeof answer === 'string') return { number, network: answer };
      if (answer.status < 300) return { done: replyOf(answer, failed) };
      const conceal = (text: string) => source.conceal(concealer([token])(text));
      const wait = retryAfterMs(answer.headers['retry-after'], clock.now());
      const failure = parseFailure(answer, conceal);
      return { number, failure, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
    };
    const attempt = async (number: number): Promise<{ done: Reply } | Attempt> => {
      const outcome = await tryOnce(number);
      silence.heard('done' in outcome ? undefined : outcome);
      return outcome;
    };
    const how = { clock, budget, repeatable: call.repeatable, contact };
    return silence.during(persist(how, attempt, (last) => errorOf(last, failed), signal));
  };
}

function requestOf(call: Call, { workspaceId }: Connection): HttpRequest {
  return {
    method: call.method,
    url: call.path,
    ...(call.query === undefined ? {} : { query: call.query }),
    ...(call.body === undefined ? {} : { body: stringifyJson(call.body) }),
    headers: {
      'Content-Type': 'application/json',
      ...(workspaceId === undefined ? {} : { 'X-Databricks-Workspace-Id': workspaceId }),
    },
  };
}

/** A token that grew old on the way is replaced once. */
async function sendSigned(
  http: Http,
  source: TokenSource,
  request: HttpRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly answer: HttpAnswer | string; readonly token: string }> {
  for (let isFirst = true; ; isFirst = false) {
    const token = await source.token(signal);
    const headers = { ...request.headers, Authorization: `Bearer ${token}` };
    const answer = await http({ ...request, headers }, signal);
    const isRefused = typeof answer !== 'string' && answer.status === 401;
    if (!isRefused || !isFirst || !source.refuse(token)) return { answer, token };
  }
}

function replyOf({ body, headers, status }: HttpAnswer, call: FailedCall): Reply {
  try {
    return { body: object(parseJson(body || '{}')), headers };
  } catch {
    throw noApiError(call, factsOf(call, { status }));
  }
}

function errorOf({ failure, network }: Attempt, call: FailedCall): HermesError {
  return failure === undefined ? unreachableError(call, network) : failureError(failure, call);
}
