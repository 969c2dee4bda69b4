import type { Json, JsonObject } from '../../core/json.ts';
import type { Database } from '../state/database.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { assertPrincipals } from './known-principals.ts';
import { ADMINS, type Identity } from './users.ts';

export type ObjectType = 'jobs' | 'cluster-policies' | 'directories' | 'notebooks' | 'files';
export type Level =
  | 'CAN_VIEW'
  | 'CAN_MANAGE_RUN'
  | 'IS_OWNER'
  | 'CAN_READ'
  | 'CAN_RUN'
  | 'CAN_EDIT'
  | 'CAN_MANAGE'
  | 'CAN_USE';
type PrincipalKind = 'user_name' | 'group_name' | 'service_principal_name';

/** One line of an access list. */
export interface Grant {
  readonly kind: PrincipalKind;
  readonly principal: string;
  readonly level: Level;
}

const fileLevels: readonly Level[] = ['CAN_READ', 'CAN_RUN', 'CAN_EDIT', 'CAN_MANAGE'];
/** From the least to the most. */
const levels: Readonly<Record<ObjectType, readonly Level[]>> = {
  jobs: ['CAN_VIEW', 'CAN_MANAGE_RUN', 'IS_OWNER', 'CAN_MANAGE'],
  'cluster-policies': ['CAN_USE'],
  directories: fileLevels,
  notebooks: fileLevels,
  files: fileLevels,
};
/** What an answer calls one object of a type. */
const singular: Readonly<Record<ObjectType, string>> = {
  jobs: 'job',
  'cluster-policies': 'cluster-policy',
  directories: 'directory',
  notebooks: 'notebook',
  files: 'file',
};
const kinds: readonly PrincipalKind[] = ['user_name', 'group_name', 'service_principal_name'];

/** The explicit access list of an object; members of `admins` may manage everything besides. */
export function grantsOf(db: Database, type: ObjectType, id: string): Grant[] {
  return db.rows<Grant>(
    'SELECT kind, principal, level FROM permissions WHERE object_type = ? AND object_id = ? ORDER BY kind DESC, principal',
    type,
    id,
  );
}

/**
 * Replaces the access list of an object.
 * @throws ApiError when a job would not have exactly one owner, or a principal does not exist where that is demanded
 */
export function replaceGrants(db: Database, type: ObjectType, id: string, grants: readonly Grant[]): void {
  if (type === 'jobs') assertOneOwner(grants);
  assertPrincipals(db, grants);
  db.transaction(() => {
    db.run('DELETE FROM permissions WHERE object_type = ? AND object_id = ?', type, id);
    for (const grant of grants) putGrant(db, type, id, grant);
  });
}

/** Adds to an access list; a principal that is in it gets the given level. A new owner takes the place of the old. */
export function mergeGrants(db: Database, type: ObjectType, id: string, grants: readonly Grant[]): void {
  const key = (grant: Grant): string => `${grant.kind} ${grant.principal}`;
  const given = new Map(grants.map((grant) => [key(grant), grant]));
  const newOwner = grants.some((grant) => grant.level === 'IS_OWNER');
  const kept = grantsOf(db, type, id).filter(
    (grant) => !given.has(key(grant)) && !(newOwner && grant.level === 'IS_OWNER'),
  );
  replaceGrants(db, type, id, [...kept, ...given.values()]);
}

/** The access list of a submit: the creator owns the job unless the list names another owner. */
export function withOwner(grants: readonly Grant[], creator: string): Grant[] {
  if (grants.some((grant) => grant.level === 'IS_OWNER')) return [...grants];
  const others = grants.filter((grant) => grant.kind !== 'user_name' || grant.principal !== creator);
  return [...others, { kind: 'user_name', principal: creator, level: 'IS_OWNER' }];
}

/** Whether someone has at least the level. For jobs: CAN_VIEW < CAN_MANAGE_RUN < IS_OWNER < CAN_MANAGE. */
export function isAllowed(db: Database, who: Identity, type: ObjectType, id: string, needed: Level): boolean {
  if (who.isAdmin) return true;
  const ranking = levels[type];
  return grantsOf(db, type, id).some(
    (grant) => names(grant, who) && ranking.indexOf(grant.level) >= ranking.indexOf(needed),
  );
}

/** The same for CAN_VIEW of jobs, as a condition of SQL on a column that holds the id. */
export function mayViewJobs(who: Identity, column: string): readonly [sql: string, ...values: string[]] {
  if (who.isAdmin) return ['TRUE'];
  const isNamed = `CASE p.kind WHEN 'group_name' THEN p.principal IN (SELECT value FROM json_each(?)) ELSE p.principal = ? END`;
  const sql = `EXISTS (SELECT 1 FROM permissions p
    WHERE p.object_type = 'jobs' AND p.object_id = CAST(${column} AS TEXT) AND ${isNamed})`;
  return [sql, JSON.stringify(who.groups), who.userName];
}

/** Reads `access_control_list` of a request. */
export function parseGrants(list: readonly Json[], type: ObjectType): Grant[] {
  return list.map((item, index) => {
    const fields = fieldsOf(item, `access_control_list[${index}].`);
    const given = kinds.filter((kind) => fields.text(kind));
    const kind = given[0];
    if (kind === undefined || given.length > 1)
      throw invalidParameter(
        `access_control_list[${index}] must name exactly one of user_name, group_name, service_principal_name.`,
      );
    const level = fields.requiredText('permission_level') as Level;
    if (!levels[type].includes(level))
      throw invalidParameter(
        `'${level}' is not a permission level of ${type}. Allowed: ${levels[type].join(', ')}.`,
      );
    return { kind, principal: fields.requiredText(kind), level };
  });
}

/** A grant that comes from an object above. */
export interface InheritedGrant extends Grant {
  /** `/directories/<id>`. */
  readonly from: string;
}

/** The reply of the permissions API. @param above What the object inherits, besides what `admins` may. */
export function renderPermissions(
  db: Database,
  type: ObjectType,
  id: string,
  above: readonly InheritedGrant[] = [],
): JsonObject {
  // Of policies there is nothing to manage by access list: CAN_USE is their only level.
  const level = type === 'cluster-policies' ? 'CAN_USE' : 'CAN_MANAGE';
  const admins = { kind: 'group_name', principal: ADMINS, level, from: `/${type}/` } as const;
  return {
    object_id: `/${type}/${id}`,
    object_type: singular[type],
    access_control_list: [...grantsOf(db, type, id), ...above, admins].map(renderGrant),
  };
}

function renderGrant(grant: Grant | InheritedGrant): JsonObject {
  const inherited = 'from' in grant;
  const level = { permission_level: grant.level, inherited };
  return {
    [grant.kind]: grant.principal,
    ...(grant.kind === 'group_name' ? {} : { display_name: grant.principal }),
    all_permissions: [inherited ? { ...level, inherited_from_object: [grant.from] } : level],
  };
}

/** What has an access list here. */
export const objectTypes: readonly ObjectType[] = Object.keys(levels) as ObjectType[];

export function isObjectType(text: string): text is ObjectType {
  return text in levels;
}

/** The levels that an object of this type knows, for `/permissionLevels`. */
export function levelsOf(type: ObjectType): readonly Level[] {
  return levels[type];
}

function names(grant: Grant, who: Identity): boolean {
  return grant.kind === 'group_name'
    ? who.groups.includes(grant.principal)
    : who.userName === grant.principal;
}

function assertOneOwner(grants: readonly Grant[]): void {
  const owners = grants.filter((grant) => grant.level === 'IS_OWNER');
  if (owners.length !== 1) throw invalidParameter('The job must have exactly one owner.');
  if (owners[0]?.kind === 'group_name') throw invalidParameter('A group cannot be the owner of a job.');
}

function putGrant(db: Database, type: ObjectType, id: string, grant: Grant): void {
  db.run(
    'INSERT OR REPLACE INTO permissions VALUES (?, ?, ?, ?, ?)',
    type,
    id,
    grant.kind,
    grant.principal,
    grant.level,
  );
}
