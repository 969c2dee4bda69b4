import type { Clock } from '../../../core/clock.ts';
import { ConfigError } from '../../../core/errors.ts';
import { type Json, type JsonObject, parseJson, stringifyJson } from '../../../core/json.ts';
import type { AirflowCall } from './airflow-call.ts';
import { AirflowFailure, refusal, unreachable } from './airflow-failure.ts';
import { type SignIn, tokenSource } from './airflow-token.ts';

/** An Airflow that is spoken with. */
export interface AirflowApi {
  /** `http://127.0.0.1:8080`, no trailing slash. */
  readonly url: string;
  /**
   * Sends a call and answers its body; null for an empty one. What is busy or about to start is asked again.
   * @throws ConnectionError, RemoteError, or ConfigError when Airflow refuses what was asked
   */
  send(call: AirflowCall, signal: AbortSignal): Promise<Json>;
}

/** Where an Airflow is, and how to sign in. */
export interface AirflowAddress {
  /** With the path below which it is served, if any. */
  readonly url: string;
  readonly signIn: SignIn;
}

const TRIES = 6;
const FIRST_PAUSE_MS = 250;
const LIMIT_MS = 60_000;

/** Opens a client; nothing is sent before the first call. @throws ConfigError for an address that is none */
export function openAirflow(address: AirflowAddress, clock: Clock): AirflowApi {
  const url = checkedUrl(address.url);
  const tokens = tokenSource(address.signIn, (body, signal) => request(signInCall(url, body), signal));
  const once = async (call: AirflowCall, signal: AbortSignal): Promise<Json> => {
    const send = async () => request({ ...callOf(url, call), token: await tokens.token(signal) }, signal);
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof AirflowFailure) || error.status !== 401 || !tokens.forget()) throw error;
      return await send();
    }
  };
  return {
    url,
    send: async (call, signal) => {
      const mayRepeat = call.method === 'GET' || call.repeatable === true;
      for (let tries = 1; ; tries += 1) {
        try {
          return await once(call, signal);
        } catch (error) {
          if (!(error instanceof AirflowFailure)) throw error;
          if (!error.isPassing || !(mayRepeat || error.isUnsent || error.isUndone) || tries === TRIES)
            throw error.status === undefined ? unreachable(url, call, error) : refusal(call, error, tries);
        }
        await clock.sleep(FIRST_PAUSE_MS * 2 ** (tries - 1), signal);
      }
    },
  };
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly body?: JsonObject;
  readonly token?: string | undefined;
}

function callOf(url: string, { method, path, query = {}, body }: AirflowCall): Request {
  const words = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]),
  );
  const place = `${url}/api/v2/${path.map(encodeURIComponent).join('/')}${words.size === 0 ? '' : `?${words}`}`;
  return { method, url: place, ...(body === undefined ? {} : { body }) };
}

/** With a user it is a POST; an Airflow where everybody is admin answers a GET. */
function signInCall(url: string, body: JsonObject | undefined): Request {
  return { method: body === undefined ? 'GET' : 'POST', url: `${url}/auth/token`, ...(body && { body }) };
}

async function request({ method, url, body, token }: Request, signal: AbortSignal): Promise<Json> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const headers = {
    accept: 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const what = { method, headers, signal: limit, redirect: 'error' as const };
  try {
    const response = await fetch(url, {
      ...what,
      ...(body === undefined ? {} : { body: stringifyJson(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new AirflowFailure({ status: response.status, text });
    return text === '' ? null : parseJson(text);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AirflowFailure ? error : new AirflowFailure({ text: '', cause: error });
  }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  throw new ConfigError(
    'Cannot use the address of Airflow: it must be http://host or https://host, without user and password.',
    { code: 'HERMES_AIRFLOW_URL', nextStep: 'For example: https://airflow.example.com' },
  );
}
