import type { Clock } from '../../core/clock.ts';
import { ConnectionError, type HermesError } from '../../core/errors.ts';
import { type JsonObject, parseJson } from '../../core/json.ts';
import { type FailedCall, factsOf, failureError, noApiError, parseFailure } from '../http/failure.ts';
import { createHttp, type Http, type HttpAnswer, type HttpRequest } from '../http/http.ts';
import { type Attempt, type Contact, persist, type RetryBudget, retryAfterMs } from '../http/retry.ts';
import { unreachableError } from '../http/unreachable.ts';
import { object, text } from '../runs/parse-run.ts';
import { concealer } from './conceal.ts';
import { isLoopback, type TokenSource } from './connection.ts';

/** A service principal's right to sign in at a workspace. */
export interface ClientCredentials {
  readonly host: string;
  /** Where the host was given, for messages. */
  readonly hostSource?: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where both were given, for messages: `DATABRICKS_CLIENT_SECRET`. */
  readonly source: string;
}

export interface OAuthOptions {
  readonly clock: Clock;
  /** @defaultValue one minute, as the official clients have it */
  readonly budget?: RetryBudget;
  /** Of one attempt. @defaultValue 60 */
  readonly timeoutSeconds?: number;
}

interface Kept {
  readonly token: string;
  readonly from: number;
  /** Milliseconds since 1970; not used after it. */
  readonly until: number;
}

const DISCOVERY = '/oidc/.well-known/oauth-authorization-server';
const BUDGET: RetryBudget = { seconds: 60, serverErrors: 3 };
/** A token is not used in its last seconds: the call has to arrive too. */
const MARGIN_MS = 40_000;
/** Of a token of which the workspace does not say how long it lives. */
const DEFAULT_LIFE_SECONDS = 300;
/** A token that is refused so soon is not refused for its age. */
const FRESH_MS = 60_000;

/**
 * Access tokens of a service principal by OAuth machine-to-machine: found, kept until 40 s before they end, and fetched
 * once for all who ask meanwhile. https://docs.databricks.com/dev-tools/auth/oauth-m2m
 */
export function oauthTokenSource(client: ClientCredentials, options: OAuthOptions): TokenSource {
  const { clock } = options;
  const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
  const http = createHttp(client.host, options.timeoutSeconds ?? 60);
  const secrets = [client.clientSecret, basic];
  let kept: Kept | undefined;
  let fetching: Promise<Kept> | undefined;
  const conceal = (said: string) => concealer(kept === undefined ? secrets : [...secrets, kept.token])(said);
  const cure = `The workspace does not accept the service principal. Check its client id and secret (${client.source}), or make another secret.`;
  const { budget = BUDGET } = options;
  const contact: Contact = { hasAnswered: false };
  const session: Session = { http, client, basic, conceal, cure, clock, budget, contact };
  return {
    cure,
    conceal,
    token: async (signal) => {
      if (kept !== undefined && clock.now().getTime() < kept.until) return kept.token;
      // Not by the signal of the first who asks: the others wait for the same answer.
      fetching ??= fetchToken(session).finally(() => {
        fetching = undefined;
      });
      kept = await unlessAborted(fetching, signal);
      return kept.token;
    },
    refuse: (token) => {
      if (kept?.token !== token) return true;
      if (clock.now().getTime() - kept.from < FRESH_MS) return false;
      kept = undefined;
      return true;
    },
  };
}

interface Session {
  readonly http: Http;
  readonly client: ClientCredentials;
  readonly basic: string;
  readonly conceal: (text: string) => string;
  readonly cure: string;
  readonly clock: Clock;
  readonly budget: RetryBudget;
  readonly contact: Contact;
}

async function fetchToken(session: Session): Promise<Kept> {
  const { basic, clock } = session;
  const endpoint = await findTokenEndpoint(session);
  const from = clock.now().getTime();
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }).toString();
  const headers = { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' };
  const path = new URL(endpoint).pathname;
  const call = { action: 'sign in', endpoint: `POST ${path}`, ...placeOf(session) };
  const reply = await exchange(session, { method: 'POST', url: endpoint, body, headers }, call);
  const token = text(reply.access_token);
  if (token === '') throw noApiError(call, factsOf(call, {}), 'the answer holds no access token');
  const lifeMs = (Number(reply.expires_in) || DEFAULT_LIFE_SECONDS) * 1000;
  return { token, from, until: from + Math.max(lifeMs - MARGIN_MS, lifeMs / 2) };
}

/** @throws ConnectionError when the workspace names a place to which the secret would go in the open */
async function findTokenEndpoint(session: Session): Promise<string> {
  const call = { action: 'find out how to sign in', endpoint: `GET ${DISCOVERY}`, ...placeOf(session) };
  const found = text(
    (await exchange(session, { method: 'GET', url: DISCOVERY, headers: {} }, call)).token_endpoint,
  );
  const url = URL.canParse(found) ? new URL(found) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.origin))) return url.href;
  throw noApiError(call, factsOf(call, {}), 'the workspace names no safe address for tokens');
}

function placeOf({ client, cure }: Session): Pick<FailedCall, 'host' | 'hostSource' | 'cure'> {
  const { host, hostSource } = client;
  return { host, cure, ...(hostSource === undefined ? {} : { hostSource }) };
}

function exchange(session: Session, request: HttpRequest, call: FailedCall): Promise<JsonObject> {
  const { http, clock, conceal, budget, contact } = session;
  const attempt = async (number: number): Promise<{ done: JsonObject } | Attempt> => {
    const answer = await http(request);
    if (typeof answer === 'string') return { number, network: answer };
    if (answer.status < 300) return { done: jsonOf(answer, call) };
    const failure = parseFailure(answer, conceal);
    const wait = retryAfterMs(answer.headers['retry-after'], clock.now());
    return { number, failure, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  };
  return persist({ clock, budget, repeatable: true, contact }, attempt, (last) => errorOf(last, call));
}

function jsonOf({ body }: HttpAnswer, call: FailedCall): JsonObject {
  try {
    return object(parseJson(body));
  } catch {
    throw noApiError(call, factsOf(call, {}));
  }
}

function errorOf(attempt: Attempt, call: FailedCall): HermesError {
  const { failure, network } = attempt;
  if (failure === undefined) return unreachableError(call, network);
  const isRefused = /^(invalid_client|unauthorized_client|invalid_grant)$/.test(failure.code);
  if (isRefused || failure.status === 400)
    return new ConnectionError(
      `Cannot ${call.action}: ${failure.message || failure.code || 'it is refused'}`,
      {
        code: 'HERMES_DATABRICKS_UNAUTHENTICATED',
        facts: factsOf(call, failure),
        nextStep: call.cure,
      },
    );
  return failureError(failure, call);
}

/** @throws the reason of the signal, as soon as it is aborted */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
