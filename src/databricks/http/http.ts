import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosResponseHeaders, isAxiosError, type RawAxiosResponseHeaders } from 'axios';
import { hermesVersion } from '../../core/package-root.ts';
import { isLoopback } from '../sign-in/connection.ts';

/** One request; `url` is a path of the host or a whole address. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly url: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came back, whatever its status; names of headers are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends one request and answers the reply, or the network's code (`ECONNREFUSED`) when there is none. */
export type Http = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpAnswer | string>;

/** Opens the door to a host. It follows no redirect: credentials stay with the host they were given for. */
export function createHttp(host: string, timeoutSeconds: number): Http {
  const client = axios.create({
    baseURL: host,
    timeout: timeoutSeconds * 1000,
    responseType: 'text',
    transformResponse: [(data: unknown) => data],
    validateStatus: () => true,
    maxRedirects: 0,
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
    // A proxy of the machine has no business between us and a server of this machine.
    ...(isLoopback(host) ? { proxy: false as const } : {}),
  });
  return async ({ method, url, query, body, headers }, signal) => {
    try {
      const response = await client.request<string>({
        method,
        url,
        ...(query === undefined ? {} : { params: query }),
        ...(body === undefined ? {} : { data: body }),
        headers: { 'User-Agent': `hermes-data-products/${hermesVersion}`, ...headers },
        ...(signal === undefined ? {} : { signal }),
      });
      return { status: response.status, body: response.data ?? '', headers: plainHeaders(response.headers) };
    } catch (error) {
      signal?.throwIfAborted();
      // An AxiosError holds the request with its credentials, so only its code goes on.
      if (isAxiosError(error)) return error.code ?? 'ECONNRESET';
      throw error;
    }
  };
}

function plainHeaders(headers: RawAxiosResponseHeaders | AxiosResponseHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
