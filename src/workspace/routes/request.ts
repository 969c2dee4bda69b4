import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { type Json, parseJson, stringifyJson } from '../../core/json.ts';
import type { AppTypes } from '../server/parts.ts';
import { ApiError } from '../wire/api-error.ts';
import { type Fields, fieldsOf, isObject } from '../wire/fields.ts';

const BODY_LIMIT = 10 * 1024 * 1024;

/** The JSON body of a request, or an empty object when there is none. @param limit Its largest size in bytes. */
export async function readBody(context: Context<AppTypes>, limit = BODY_LIMIT): Promise<Json> {
  const text = context.req.method === 'GET' ? await rawBody(context) : await limitedBody(context, limit);
  if (text.trim() === '') return {};
  try {
    return parseJson(text);
  } catch (error) {
    throw new ApiError('MALFORMED_REQUEST', `Could not parse request object: ${(error as Error).message}`);
  }
}

/** Parameters of a GET: the query, and a JSON body for clients that send one (Airflow's trigger does). */
export async function readParameters(context: Context<AppTypes>): Promise<Fields> {
  const body = await readBody(context);
  return fieldsOf({ ...(isObject(body) ? body : {}), ...context.req.query() });
}

/** A reply whose integers keep all their digits. */
export function reply(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(stringifyJson(value), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}

/** The body of a request that is not too large. */
export async function limitedBody(context: Context<AppTypes>, limit = BODY_LIMIT): Promise<string> {
  const declared = context.req.header('content-length');
  if (declared === undefined) return wholeBody(context.req.raw.body ?? [], limit);
  if (Number(declared) > limit) throw tooLarge();
  return context.req.text();
}

// A Request of the Fetch standard has no body when its method is GET; the socket's message has.
async function rawBody(context: Context<AppTypes>): Promise<string> {
  const incoming: IncomingMessage | undefined = context.env?.incoming;
  if (incoming === undefined || !hasBody(incoming)) return '';
  return wholeBody(incoming, BODY_LIMIT);
}

/** A body that does not say how long it is, up to the limit. */
async function wholeBody(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limit: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function hasBody(incoming: IncomingMessage): boolean {
  return (
    Number(incoming.headers['content-length'] ?? 0) > 0 || incoming.headers['transfer-encoding'] !== undefined
  );
}

function tooLarge(): ApiError {
  return new ApiError('MALFORMED_REQUEST', 'The request body is larger than 10 MB.');
}
