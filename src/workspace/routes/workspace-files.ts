import { type Context, Hono } from 'hono';
import { contentStream, FILE_LIMIT } from '../files/contents.ts';
import { fileTypeOf } from '../files/notebook-source.ts';
import { nameOf, pathInUrl } from '../files/tree-path.ts';
import {
  deleteFromWorkspace,
  exportedContent,
  exportInfo,
  importIntoWorkspace,
  listWorkspace,
  makeWorkspaceDirectory,
  parseFormat,
  parseWorkspacePath,
  renderObject,
  statWorkspace,
} from '../files/workspace-tree.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { bodyBytes, bytesReply, isMultipart, readForm } from './byte-answer.ts';
import { readBody, readParameters, reply } from './request.ts';

/** Of the content of `import`, and of an `export` as JSON: https://docs.databricks.com/api/workspace/workspace/import */
const NOTEBOOK_LIMIT = 10 * 1024 ** 2;

/** `/workspace/…`: the tree of notebooks and files (https://docs.databricks.com/api/workspace/workspace). */
export function workspaceRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.get('/get-status', async (c) => {
    const fields = await readParameters(c);
    const at = parseWorkspacePath(fields.requiredText('path'));
    const row = statWorkspace(parts, at, c.var.who);
    const exported = fields.flag('return_export_info') ? exportInfo(parts, row) : {};
    return reply({ ...renderObject(row, at.prefix), ...exported });
  });
  app.get('/list', async (c) => {
    const fields = await readParameters(c);
    const at = parseWorkspacePath(fields.requiredText('path'));
    const since = fields.count('notebooks_modified_after', 0);
    const objects = listWorkspace(parts, at, c.var.who)
      .filter((row) => since === 0 || (row.kind === 'notebook' && row.modified > since))
      .map((row) => renderObject(row, at.prefix));
    return reply(objects.length === 0 ? {} : { objects });
  });
  app.post('/mkdirs', async (c) => {
    const at = parseWorkspacePath(fieldsOf(await readBody(c)).requiredText('path'));
    makeWorkspaceDirectory(parts, at, c.var.who);
    return reply({});
  });
  app.post('/delete', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const at = parseWorkspacePath(fields.requiredText('path'));
    deleteFromWorkspace(parts, at, c.var.who, fields.flag('recursive') ?? false);
    return reply({});
  });
  app.post('/import', async (c) => {
    const { fields, content } = await importBody(c);
    const at = parseWorkspacePath(fields.requiredText('path'));
    const language = fields.text('language');
    const row = await importIntoWorkspace(parts, at, [content], c.var.who, {
      format: parseFormat(fields.text('format')),
      ...(language === undefined ? {} : { language }),
      overwrite: fields.flag('overwrite') ?? false,
      conflictStatus: 400,
      limit: NOTEBOOK_LIMIT,
    });
    return reply({ object_id: row.id });
  });
  app.get('/export', async (c) => {
    const fields = await readParameters(c);
    const at = parseWorkspacePath(fields.requiredText('path'));
    const row = statWorkspace(parts, at, c.var.who);
    const format = parseFormat(fields.text('format'));
    const { bytes, isJupyter } = exportedContent(parts, row, format);
    const type = row.kind === 'file' ? nameOf(row.path).replace(/^.*\./, '') : fileTypeOf(row.language);
    if (fields.flag('direct_download')) return bytesReply(bytes, { 'content-length': String(bytes.length) });
    if (bytes.length > NOTEBOOK_LIMIT)
      throw new ApiError('MAX_NOTEBOOK_SIZE_EXCEEDED', `${at.asked} is larger than ${NOTEBOOK_LIMIT} bytes.`);
    return reply({ content: bytes.toString('base64'), file_type: isJupyter ? 'ipynb' : type });
  });
  return app;
}

/** `/workspace-files/…`: plain bytes in and out, as the Databricks CLI sends them. */
export function workspaceFileRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  const asked = (c: Context<AppTypes>, prefix: string) =>
    parseWorkspacePath(pathInUrl(c.env?.incoming?.url ?? c.req.url, prefix));
  app.post('/import-file/*', async (c) => {
    const at = asked(c, '/workspace-files/import-file');
    await importIntoWorkspace(parts, at, bodyBytes(c), c.var.who, {
      format: 'AUTO',
      overwrite: fieldsOf(c.req.query()).flag('overwrite') ?? false,
      conflictStatus: 409,
      limit: FILE_LIMIT,
    });
    return reply({});
  });
  app.get('/*', (c) => {
    const at = asked(c, '/workspace-files');
    const row = statWorkspace(parts, at, c.var.who);
    if (row.content === null) throw invalidParameter(`${at.asked} is a directory.`);
    const body = c.req.method === 'HEAD' ? null : contentStream(parts.folder, row.content);
    return bytesReply(body, { 'content-length': String(row.bytes) });
  });
  return app;
}

async function importBody(c: Context<AppTypes>) {
  if (isMultipart(c)) {
    const { fields, file } = await readForm(c, NOTEBOOK_LIMIT + 64 * 1024);
    return { fields: fieldsOf(fields), content: file ?? Buffer.from(fields.content ?? '', 'base64') };
  }
  const fields = fieldsOf(await readBody(c, 2 * NOTEBOOK_LIMIT));
  return { fields, content: Buffer.from(fields.text('content') ?? '', 'base64') };
}
