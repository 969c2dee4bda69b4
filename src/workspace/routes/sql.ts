import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { Identity } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { parseStatement, type StatementRequest } from '../sql/statement-request.ts';
import { renderChunk, renderStatement } from '../sql/statement-view.ts';
import { closeStatement, findStatement, type StatementRecord } from '../sql/statements.ts';
import { WAREHOUSE, warehouseOf } from '../sql/warehouse.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, reply } from './request.ts';

/** `/sql/…`: statements, their results, sessions, the warehouse. */
export function sqlRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const { db, folder, sql } = parts;
  const app = new Hono<AppTypes>();
  const found = (id: string, who: Identity): StatementRecord => findStatement(db, id, who);

  app.post('/statements', async (c) => {
    const request = withSession(parts, parseStatement(await readBody(c)), c.var.who);
    const id = await sql.submit(request, c.var.who);
    return json(renderStatement(folder, found(id, c.var.who)));
  });
  app.get('/statements/:id', (c) => json(renderStatement(folder, found(c.req.param('id'), c.var.who))));
  app.get('/statements/:id/result/chunks/:index', (c) => {
    const statement = found(c.req.param('id'), c.var.who);
    const chunk = renderChunk(folder, statement, Number(c.req.param('index')));
    if (chunk !== undefined) return json(chunk);
    if (statement.state === 'CLOSED')
      throw new ApiError(
        'RESOURCE_DOES_NOT_EXIST',
        `The result of statement ${statement.statement_id} is gone.`,
      );
    throw invalidParameter(`Statement ${statement.statement_id} has no chunk ${c.req.param('index')}.`);
  });
  app.post('/statements/:id/cancel', (c) => {
    sql.cancel(found(c.req.param('id'), c.var.who).statement_id);
    return reply({});
  });
  // Clients close a statement when they have its rows, or do not want them any more.
  app.delete('/statements/:id', (c) => {
    const { statement_id: id } = found(c.req.param('id'), c.var.who);
    sql.cancel(id);
    closeStatement(db, folder, id);
    return reply({});
  });
  app.post('/sessions', async (c) => reply(openSession(parts, fieldsOf(await readBody(c)), c.var.who)));
  app.delete('/sessions/:id', (c) => {
    const gone = db.run(
      'DELETE FROM sql_sessions WHERE session_id = ? AND creator = ?',
      c.req.param('id'),
      c.var.who.userName,
    );
    if (gone === 0) throw noSession(c.req.param('id'));
    return reply({});
  });
  app.get('/warehouses', (c) => reply({ warehouses: [{ ...WAREHOUSE, creator_name: c.var.who.userName }] }));
  app.get('/warehouses/:id', (c) => reply(warehouseOf(c.req.param('id'))));
  return app;
}

function openSession(parts: WorkspaceParts, fields: ReturnType<typeof fieldsOf>, who: Identity): object {
  const warehouse = fields.text('warehouse_id');
  if (warehouse) warehouseOf(warehouse);
  const id = randomUUID();
  parts.db.run(
    'INSERT INTO sql_sessions VALUES (?, ?, ?, ?, ?)',
    id,
    who.userName,
    parts.clock.now().getTime(),
    fields.text('catalog') || null,
    fields.text('schema') || null,
  );
  return { session_id: id };
}

/** A statement of a session begins in its catalog and schema. */
function withSession(parts: WorkspaceParts, request: StatementRequest, who: Identity): StatementRequest {
  if (request.session === undefined) return request;
  const session = parts.db.row<{ catalog: string | null; database: string | null }>(
    'SELECT catalog, database FROM sql_sessions WHERE session_id = ? AND creator = ?',
    request.session,
    who.userName,
  );
  if (session === undefined) throw noSession(request.session);
  return {
    ...(session.catalog === null ? {} : { catalog: session.catalog }),
    ...(session.database === null ? {} : { schema: session.database }),
    ...request,
  };
}

function noSession(id: string): ApiError {
  return new ApiError('RESOURCE_DOES_NOT_EXIST', `Session ${id} was not found.`);
}

function json(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}
