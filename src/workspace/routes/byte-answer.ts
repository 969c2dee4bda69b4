import { Readable } from 'node:stream';
import type { Context } from 'hono';
import type { AppTypes } from '../server/parts.ts';
import { ApiError } from '../wire/api-error.ts';

/** The bytes of a request's body as they come. */
export function bodyBytes(c: Context<AppTypes>): AsyncIterable<Uint8Array> {
  const incoming = c.env?.incoming;
  if (incoming !== undefined) return incoming as AsyncIterable<Buffer>;
  return c.req.raw.body ?? Readable.from([]);
}

/** The body of a request when it is small enough. */
async function smallBody(c: Context<AppTypes>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyBytes(c)) {
    bytes += chunk.length;
    if (bytes > limit)
      throw new ApiError('MALFORMED_REQUEST', `The request body is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether a request is a form with files. */
export function isMultipart(c: Context<AppTypes>): boolean {
  return /^multipart\/form-data/i.test(c.req.header('content-type') ?? '');
}

/** A form with files: its texts, and the first file. */
export interface UploadForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file?: Buffer;
}

/** Reads a form with files. @throws ApiError for one that cannot be read, or is larger than `limit` bytes */
export async function readForm(c: Context<AppTypes>, limit: number): Promise<UploadForm> {
  const body = await smallBody(c, limit);
  const headers = { 'content-type': c.req.header('content-type') ?? '' };
  const form = await new Response(new Uint8Array(body), { headers }).formData().catch((error: Error) => {
    throw new ApiError('MALFORMED_REQUEST', `Could not read the form: ${error.message}`);
  });
  const fields: Record<string, string> = {};
  let file: Buffer | undefined;
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else file ??= Buffer.from(await value.arrayBuffer());
  }
  return file === undefined ? { fields } : { fields, file };
}

/** An answer of raw bytes that no browser takes for a page. */
export function bytesReply(
  body: Buffer | Readable | null,
  headers: Record<string, string>,
  status = 200,
): Response {
  const content =
    body instanceof Readable
      ? (Readable.toWeb(body) as ReadableStream)
      : body === null
        ? null
        : new Uint8Array(body);
  return new Response(content, {
    status,
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}
