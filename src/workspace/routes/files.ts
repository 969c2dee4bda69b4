import { type Context, Hono } from 'hono';
import { contentStream, receiveContent } from '../files/contents.ts';
import { deleteFiles } from '../files/file-store.ts';
import { pathInUrl } from '../files/tree-path.ts';
import type { Uploads } from '../files/uploads.ts';
import {
  deleteVolumeDirectory,
  listVolumeDirectory,
  makeVolumeDirectory,
  parseVolumePath,
  putVolumeFile,
  volumeDirectory,
  volumeFile,
} from '../files/volume-files.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { bodyBytes, bytesReply } from './byte-answer.ts';
import { readBody, reply } from './request.ts';
import { uploadUrl } from './upload-parts.ts';

const noContent = (): Response => new Response(null, { status: 204 });

/** `/fs/…`: files of volumes (https://docs.databricks.com/api/workspace/files). */
export function filesRoutes(parts: WorkspaceParts, uploads: Uploads): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  const pathOf = (c: Context<AppTypes>, prefix: '/fs/files' | '/fs/directories', isWrite = false): string =>
    parseVolumePath(parts, pathInUrl(c.env?.incoming?.url ?? c.req.url, prefix), c.var.who, isWrite);

  app.put('/files/*', async (c) => {
    const path = pathOf(c, '/fs/files', true);
    const overwrite = fieldsOf(c.req.query()).flag('overwrite') ?? true;
    putVolumeFile(parts, path, await receiveContent(parts.folder, bodyBytes(c)), c.var.who, overwrite);
    return noContent();
  });
  // Hono answers HEAD by the handler of GET, without the body.
  app.get('/files/*', (c) => sendFile(parts, c, pathOf(c, '/fs/files')));
  app.delete('/files/*', (c) => {
    deleteFiles(parts, volumeFile(parts, pathOf(c, '/fs/files', true)));
    return noContent();
  });
  app.put('/directories/*', (c) => {
    makeVolumeDirectory(parts, pathOf(c, '/fs/directories', true), c.var.who);
    return noContent();
  });
  app.get('/directories/*', (c) => {
    const path = pathOf(c, '/fs/directories');
    if (c.req.method === 'HEAD') return volumeDirectory(parts, path) && new Response(null);
    const query = fieldsOf(c.req.query());
    return reply(listVolumeDirectory(parts, path, query.count('page_size', 0), query.text('page_token')));
  });
  app.delete('/directories/*', (c) => {
    deleteVolumeDirectory(parts, pathOf(c, '/fs/directories', true));
    return noContent();
  });
  app.post('/files/*', async (c) => reply(await upload(parts, uploads, c, pathOf(c, '/fs/files', true))));
  app.post('/create-upload-part-urls', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const path = parseVolumePath(parts, fields.requiredText('path'), c.var.who, true);
    const token = fields.requiredText('session_token');
    uploads.find(token, path, c.var.who);
    const first = fields.count('start_part_number', 1);
    const count = Math.min(fields.count('count', 1), 1_000);
    const urls = Array.from({ length: count }, (_, index) => ({
      url: uploadUrl(parts.url(), token, first + index),
      part_number: first + index,
      headers: [],
    }));
    return reply({ upload_part_urls: urls });
  });
  app.post('/create-abort-upload-url', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const path = parseVolumePath(parts, fields.requiredText('path'), c.var.who, true);
    const token = fields.requiredText('session_token');
    uploads.find(token, path, c.var.who);
    return reply({ abort_upload_url: { url: uploadUrl(parts.url(), token), headers: [] } });
  });
  return app;
}

async function upload(
  parts: WorkspaceParts,
  uploads: Uploads,
  c: Context<AppTypes>,
  path: string,
): Promise<object> {
  const query = fieldsOf(c.req.query());
  const action = query.text('action');
  if (action === 'initiate-upload') {
    const token = uploads.begin(path, c.var.who, query.flag('overwrite') ?? true);
    return { multipart_upload: { session_token: token } };
  }
  if (action !== 'complete-upload') throw invalidParameter(`Action ${action} is not one of an upload.`);
  const token = query.requiredText('session_token');
  const { overwrite } = uploads.find(token, path, c.var.who);
  const sent = fieldsOf(await readBody(c))
    .list('parts')
    .map((item) => fieldsOf(item, 'parts.'))
    .map((part) => ({ number: part.count('part_number', 0), etag: part.text('etag') ?? '' }));
  putVolumeFile(parts, path, await uploads.complete(token, sent), c.var.who, overwrite);
  return {};
}

function sendFile(parts: WorkspaceParts, c: Context<AppTypes>, path: string): Response {
  const row = volumeFile(parts, path);
  const modified = new Date(Math.floor(row.modified / 1_000) * 1_000);
  const unless = Date.parse(c.req.header('if-unmodified-since') ?? '');
  if (unless < modified.getTime())
    throw new ApiError('INVALID_STATE', 'The file was modified meanwhile.', { status: 412 });
  const range = rangeOf(c.req.header('range'), row.bytes);
  const headers = { 'last-modified': modified.toUTCString(), 'accept-ranges': 'bytes' };
  // A stream that nobody reads would keep its file open.
  const isHead = c.req.method === 'HEAD';
  if (range === undefined) {
    const body = isHead ? null : contentStream(parts.folder, row.content);
    return bytesReply(body, { ...headers, 'content-length': String(row.bytes) });
  }
  if (range === 'unsatisfiable')
    return bytesReply(null, { ...headers, 'content-range': `bytes */${row.bytes}` }, 416);
  const [start, end] = range;
  const span = {
    'content-length': String(end - start + 1),
    'content-range': `bytes ${start}-${end}/${row.bytes}`,
  };
  const body = isHead ? null : contentStream(parts.folder, row.content, start, end);
  return bytesReply(body, { ...headers, ...span }, 206);
}

/** The first and last byte that a Range header asks for; undefined for the whole file. */
function rangeOf(
  header: string | undefined,
  bytes: number,
): readonly [number, number] | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  return start > end ? 'unsatisfiable' : [start, end];
}
