import { type Context, Hono } from 'hono';
import { type FileRow, fileById } from '../files/file-table.ts';
import { assertLevel, inheritedGrants, maySee, objectType } from '../files/workspace-access.ts';
import { assertJobAccess } from '../identity/access.ts';
import {
  type InheritedGrant,
  isObjectType,
  levelsOf,
  mergeGrants,
  type ObjectType,
  objectTypes,
  parseGrants,
  renderPermissions,
  replaceGrants,
} from '../identity/permissions.ts';
import { runOfJob } from '../jobs/runs.ts';
import { findJob, followOwner, ownerOf } from '../jobs/saved-jobs.ts';
import { assertPolicyExists } from '../policies/policies.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, reply } from './request.ts';

/** The object of a request, and what it inherits. */
interface Target {
  readonly type: ObjectType;
  readonly id: string;
  readonly above?: readonly InheritedGrant[];
}

/**
 * `/permissions/{type}/{id}` of jobs, cluster policies and what lies in the workspace tree; a run's access list is that
 * of its job.
 */
export function permissionRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const { db } = parts;
  const app = new Hono<AppTypes>();

  function target(c: Context<AppTypes>, isWrite: boolean): Target {
    const type = c.req.param('type') ?? '';
    const id = c.req.param('id') ?? '';
    if (!isObjectType(type))
      throw invalidParameter(`This workspace has permissions for ${objectTypes.join(', ')}, not ${type}.`);
    if (type === 'jobs') assertJob(c, id, isWrite);
    else if (type === 'cluster-policies') assertPolicy(c, id);
    else return { type, id, above: inheritedGrants(db, treeObject(c, type, id, isWrite)) };
    return { type, id };
  }
  function treeObject(c: Context<AppTypes>, type: ObjectType, id: string, isWrite: boolean): FileRow {
    const row = /^\d{1,18}$/.test(id) ? fileById(db, BigInt(id)) : undefined;
    const isThere = row?.tree === 'workspace' && objectType(row) === type;
    if (row === undefined || !isThere || !maySee(db, c.var.who, row.path))
      throw new ApiError('RESOURCE_DOES_NOT_EXIST', `Object ${id} of type ${type} does not exist.`);
    if (isWrite) assertLevel(db, c.var.who, row.path, 'CAN_MANAGE');
    return row;
  }
  function assertJob(c: Context<AppTypes>, id: string, isWrite: boolean): void {
    if (!/^\d{1,18}$/.test(id)) throw invalidParameter(`${id} is not a job id.`);
    assertJobAccess(db, BigInt(id), c.var.who, isWrite ? 'IS_OWNER' : 'CAN_VIEW');
    if (findJob(db, BigInt(id)) === undefined && runOfJob(db, BigInt(id)) === undefined)
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
    const { type, id, above } = target(c, false);
    return reply(renderPermissions(db, type, id, above));
  });
  app.on(['PUT', 'PATCH'], '/:type/:id', async (c) => {
    const { type, id, above } = target(c, true);
    const grants = parseGrants(fieldsOf(await readBody(c)).list('access_control_list'), type);
    const owner = type === 'jobs' ? ownerOf(db, BigInt(id)) : undefined;
    if (c.req.method === 'PUT') replaceGrants(db, type, id, grants);
    else mergeGrants(db, type, id, grants);
    // Who manages a job writes what its runs do: only an administrator may let them have another user's rights.
    if (owner !== undefined && c.var.who.isAdmin) followOwner(db, BigInt(id), owner);
    return reply(renderPermissions(db, type, id, above));
  });
  return app;
}
