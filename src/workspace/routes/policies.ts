import { Hono } from 'hono';
import { createPolicy, deletePolicy, editPolicy, listPolicies, readPolicy } from '../policies/policies.ts';
import { listFamilies, readFamily } from '../policies/policy-families.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, readParameters, reply } from './request.ts';

/** `/policies/clusters/…` of the Cluster Policies API. */
export function policyRoutes({ db, clock }: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.post('/create', async (c) =>
    reply({ policy_id: createPolicy(db, fieldsOf(await readBody(c)), c.var.who, clock.now()) }),
  );
  app.post('/edit', async (c) => {
    editPolicy(db, fieldsOf(await readBody(c)), c.var.who);
    return reply({});
  });
  app.post('/delete', async (c) => {
    deletePolicy(db, fieldsOf(await readBody(c)).requiredText('policy_id'), c.var.who);
    return reply({});
  });
  app.get('/get', async (c) =>
    reply(readPolicy(db, (await readParameters(c)).requiredText('policy_id'), c.var.who)),
  );
  app.get('/list', async (c) => {
    const parameters = await readParameters(c);
    const column = parameters.text('sort_column') ?? 'POLICY_CREATION_TIME';
    const isDescending = (parameters.text('sort_order') ?? 'DESC') === 'DESC';
    return reply({ policies: listPolicies(db, c.var.who, column, isDescending) });
  });
  return app;
}

/** `/policy-families…` of the Policy Families API. */
export function policyFamilyRoutes(): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.get('/', () => reply({ policy_families: listFamilies() }));
  app.get('/:id', (c) => reply(readFamily(c.req.param('id'))));
  return app;
}
