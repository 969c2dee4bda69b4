import { Hono } from 'hono';
import {
  aclOf,
  aclsOf,
  assertScope,
  createScope,
  deleteAcl,
  deleteScope,
  putAcl,
  type SecretPermission,
  scopesOf,
} from '../secrets/scopes.ts';
import { deleteSecret, listSecrets, putSecret, readSecret } from '../secrets/secret-values.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { readBody, readParameters, reply } from './request.ts';

/** `/secrets/…` (https://docs.databricks.com/api/workspace/secrets). */
export function secretRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const { db, clock } = parts;
  const app = new Hono<AppTypes>();
  app.post('/scopes/create', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const backend = fields.text('scope_backend_type') ?? 'DATABRICKS';
    if (backend !== 'DATABRICKS')
      throw invalidParameter(`Scopes with the backend ${backend} are not supported here.`);
    const manager = fields.text('initial_manage_principal');
    createScope(db, fields.requiredText('scope'), c.var.who, manager || undefined, clock.now());
    return reply({});
  });
  app.get('/scopes/list', (c) => {
    const scopes = scopesOf(db, c.var.who).map((name) => ({ name, backend_type: 'DATABRICKS' }));
    return reply(scopes.length === 0 ? {} : { scopes });
  });
  const scopeOf = (fields: Fields, who: AppTypes['Variables']['who'], needed: SecretPermission): string => {
    const scope = fields.requiredText('scope');
    assertScope(db, scope, who, needed);
    return scope;
  };
  app.post('/scopes/delete', async (c) => {
    deleteScope(db, scopeOf(fieldsOf(await readBody(c)), c.var.who, 'MANAGE'));
    return reply({});
  });
  app.post('/put', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const scope = scopeOf(fields, c.var.who, 'WRITE');
    putSecret(parts, { scope, key: fields.requiredText('key') }, secretIn(fields), clock.now());
    return reply({});
  });
  app.post('/delete', async (c) => {
    const fields = fieldsOf(await readBody(c));
    deleteSecret(db, { scope: scopeOf(fields, c.var.who, 'WRITE'), key: fields.requiredText('key') });
    return reply({});
  });
  app.get('/list', async (c) => {
    const secrets = listSecrets(db, scopeOf(await readParameters(c), c.var.who, 'READ'));
    return reply(secrets.length === 0 ? {} : { secrets });
  });
  app.get('/get', async (c) => {
    const fields = await readParameters(c);
    const key = fields.requiredText('key');
    const value = readSecret(parts, { scope: scopeOf(fields, c.var.who, 'READ'), key });
    return reply({ key, value: value.toString('base64') });
  });
  app.get('/acls/list', async (c) => {
    const items = aclsOf(db, scopeOf(await readParameters(c), c.var.who, 'MANAGE'));
    return reply({ items });
  });
  app.get('/acls/get', async (c) => {
    const fields = await readParameters(c);
    const scope = scopeOf(fields, c.var.who, 'MANAGE');
    return reply(aclOf(db, scope, fields.requiredText('principal')));
  });
  app.post('/acls/put', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const scope = scopeOf(fields, c.var.who, 'MANAGE');
    putAcl(db, scope, fields.requiredText('principal'), fields.requiredText('permission'));
    return reply({});
  });
  app.post('/acls/delete', async (c) => {
    const fields = fieldsOf(await readBody(c));
    deleteAcl(db, scopeOf(fields, c.var.who, 'MANAGE'), fields.requiredText('principal'));
    return reply({});
  });
  return app;
}

function secretIn(fields: Fields): Buffer {
  const text = fields.text('string_value');
  const bytes = fields.text('bytes_value');
  if ((text === undefined) === (bytes === undefined))
    throw invalidParameter('Exactly one of string_value and bytes_value must be given.');
  return text === undefined ? Buffer.from(bytes ?? '', 'base64') : Buffer.from(text);
}
