import { Hono } from 'hono';
import { identify } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, reply } from './request.ts';

/** `/telemetry-ext`: where Databricks' clients send what they measured of themselves. It is counted and forgotten. */
export function telemetryRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.post('/telemetry-ext', async (c) => {
    const token = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (identify(parts.db, 'token', token, parts.clock.now()) === undefined)
      throw new ApiError('UNAUTHENTICATED', 'Invalid access token.');
    const fields = fieldsOf(await readBody(c));
    const [items, logs] = [fields.list('items').length, fields.list('protoLogs').length];
    return reply({ errors: [], numSuccess: items, numProtoSuccess: logs });
  });
  return app;
}
