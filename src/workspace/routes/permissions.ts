import { type Context, Hono } from 'hono';
import { assertJobAccess } from '../identity/access.ts';
import {
  levelsOf,
  mergeGrants,
  type ObjectType,
  parseGrants,
  renderPermissions,
  replaceGrants,
} from '../identity/permissions.ts';
import { runOfJob } from '../jobs/runs.ts';
import { assertPolicyExists } from '../policies/policies.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, reply } from './request.ts';

/** `/permissions/jobs/{id}` and `/permissions/cluster-policies/{id}`; a run's access list is that of its job. */
export function permissionRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const { db } = parts;
  const app = new Hono<AppTypes>();

  function target(c: Context<AppTypes>, isWrite: boolean): { type: ObjectType; id: string } {
    const type = c.req.param('type') as ObjectType;
    const id = c.req.param('id') ?? '';
    if (type === 'jobs') assertJob(c, id, isWrite);
    else if (type === 'cluster-policies') assertPolicy(c, id);
    else throw invalidParameter(`This workspace has permissions for jobs and cluster-policies, not ${type}.`);
    return { type, id };
  }
  function assertJob(c: Context<AppTypes>, id: string, isWrite: boolean): void {
    if (!/^\d{1,18}$/.test(id)) throw invalidParameter(`${id} is not a job id.`);
    assertJobAccess(db, BigInt(id), c.var.who, isWrite ? 'IS_OWNER' : 'CAN_VIEW');
    if (runOfJob(db, BigInt(id)) === undefined)
      throw new ApiError('RESOURCE_DOES_NOT_EXIST', `Job ${id} does not exist.`);
  }
  function assertPolicy(c: Context<AppTypes>, id: string): void {
    if (!c.var.who.isAdmin)
      throw new ApiError(
        'PERMISSION_DENIED',
        `${c.var.who.userName} does not have Manage permissions on cluster policy ${id}. Please contact the owner or an administrator for access.`,
      );
    assertPolicyExists(db, id);
  }

  app.get('/:type/:id/permissionLevels', (c) => {
    const { type } = target(c, false);
    return reply({
      permission_levels: levelsOf(type).map((level) => ({ permission_level: level, description: '' })),
    });
  });
  app.get('/:type/:id', (c) => {
    const { type, id } = target(c, false);
    return reply(renderPermissions(db, type, id));
  });
  app.on(['PUT', 'PATCH'], '/:type/:id', async (c) => {
    const { type, id } = target(c, true);
    const grants = parseGrants(fieldsOf(await readBody(c)).list('access_control_list'), type);
    if (c.req.method === 'PUT') replaceGrants(db, type, id, grants);
    else mergeGrants(db, type, id, grants);
    return reply(renderPermissions(db, type, id));
  });
  return app;
}
