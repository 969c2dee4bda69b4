import { type Context, Hono } from 'hono';
import { asideStream, contentStream } from '../files/contents.ts';
import {
  BLOCK_LIMIT,
  createHandles,
  deleteFromDbfs,
  listDbfs,
  makeDbfsDirectory,
  moveInDbfs,
  parseDbfsPath,
  putDbfsFile,
  renderDbfs,
  statDbfs,
} from '../files/dbfs.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { isMultipart, readForm } from './byte-answer.ts';
import { readBody, readParameters, reply } from './request.ts';

const DEFAULT_READ = 512 * 1024;

/** `/dbfs/…` (https://docs.databricks.com/api/workspace/dbfs). As on Databricks, its root is open to every user. */
export function dbfsRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  const handles = createHandles(parts, (content) => asideStream(parts.folder, content));
  app.get('/get-status', async (c) => {
    const path = parseDbfsPath((await readParameters(c)).requiredText('path'));
    return reply(renderDbfs(statDbfs(parts, path)));
  });
  app.get('/list', async (c) => {
    const files = listDbfs(parts, parseDbfsPath((await readParameters(c)).requiredText('path')));
    return reply(files.length === 0 ? {} : { files: files.map(renderDbfs) });
  });
  app.get('/read', async (c) => reply(await readBlock(parts, c)));
  app.post('/mkdirs', async (c) => {
    makeDbfsDirectory(parts, parseDbfsPath(fieldsOf(await readBody(c)).requiredText('path')), c.var.who);
    return reply({});
  });
  app.post('/delete', async (c) => {
    const fields = fieldsOf(await readBody(c));
    deleteFromDbfs(parts, parseDbfsPath(fields.requiredText('path')), fields.flag('recursive') ?? false);
    return reply({});
  });
  app.post('/move', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const [from, to] = [fields.requiredText('source_path'), fields.requiredText('destination_path')];
    moveInDbfs(parts, parseDbfsPath(from), parseDbfsPath(to), c.var.who);
    return reply({});
  });
  app.post('/put', async (c) => {
    const { fields, content } = await putBody(c);
    const path = parseDbfsPath(fields.requiredText('path'));
    await putDbfsFile(parts, path, [content], c.var.who, fields.flag('overwrite') ?? false);
    return reply({});
  });
  app.post('/create', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const path = parseDbfsPath(fields.requiredText('path'));
    return reply({ handle: handles.open(path, c.var.who, fields.flag('overwrite') ?? false) });
  });
  app.post('/add-block', async (c) => {
    const fields = fieldsOf(await readBody(c));
    await handles.add(fields.requiredInteger('handle'), c.var.who, blockOf(fields.text('data')));
    return reply({});
  });
  app.post('/close', async (c) => {
    await handles.close(fieldsOf(await readBody(c)).requiredInteger('handle'), c.var.who);
    return reply({});
  });
  return app;
}

/** A form may be larger than the 1 MB of JSON: the legacy client sends whole files by it. */
async function putBody(c: Context<AppTypes>) {
  if (isMultipart(c)) {
    const { fields, file } = await readForm(c, 64 * BLOCK_LIMIT);
    return { fields: fieldsOf(fields), content: file ?? blockOf(fields.contents) };
  }
  const fields = fieldsOf(await readBody(c));
  return { fields, content: blockOf(fields.text('contents')) };
}

function blockOf(data: string | undefined): Buffer {
  const block = Buffer.from(data ?? '', 'base64');
  if (block.length > BLOCK_LIMIT)
    throw new ApiError('MAX_BLOCK_SIZE_EXCEEDED', `A block must not be larger than ${BLOCK_LIMIT} bytes.`);
  return block;
}

async function readBlock(parts: WorkspaceParts, c: Context<AppTypes>): Promise<object> {
  const fields = await readParameters(c);
  const path = parseDbfsPath(fields.requiredText('path'));
  const row = statDbfs(parts, path);
  if (row.content === null) throw invalidParameter(`cannot open directory for reading: dbfs:${path}`);
  const offset = fields.count('offset', 0);
  const length = fields.count('length', DEFAULT_READ);
  if (length > BLOCK_LIMIT)
    throw new ApiError('MAX_READ_SIZE_EXCEEDED', `At most ${BLOCK_LIMIT} bytes can be read at once.`);
  const end = Math.min(offset + length, row.bytes);
  if (offset >= end) return { bytes_read: 0, data: '' };
  const chunks: Buffer[] = await contentStream(parts.folder, row.content, offset, end - 1).toArray();
  const data = Buffer.concat(chunks);
  return { bytes_read: data.length, data: data.toString('base64') };
}
