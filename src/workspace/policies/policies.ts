import { randomBytes } from 'node:crypto';
import type { Json, JsonObject } from '../../core/json.ts';
import { parseJson, stringifyJson } from '../../core/json.ts';
import { isAllowed, replaceGrants } from '../identity/permissions.ts';
import type { Identity } from '../identity/users.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf, isObject } from '../wire/fields.ts';
import { type PolicyRule, parsePolicyDefinition } from './policy-definition.ts';
import { familyDefinition, readFamily } from './policy-families.ts';

interface PolicyRow {
  readonly policy_id: string;
  readonly name: string;
  readonly document: string;
  readonly creator: string;
  readonly created: number;
}

// What a caller may write; the definition is kept byte for byte.
const written = [
  'name',
  'definition',
  'description',
  'max_clusters_per_user',
  'libraries',
  'policy_family_id',
  'policy_family_definition_overrides',
];

/** Creates a policy and answers its id. The definition is not judged before someone uses it, as in Databricks. */
export function createPolicy(db: Database, request: Fields, creator: Identity, now: Date): string {
  assertAdmin(creator, 'create');
  const document = documentOf(request);
  assertNameFree(db, request.requiredText('name'));
  const id = randomBytes(8).toString('hex').toUpperCase();
  db.run(
    'INSERT INTO policies VALUES (?, ?, ?, ?, ?)',
    id,
    request.requiredText('name'),
    stringifyJson(document),
    creator.userName,
    now.getTime(),
  );
  return id;
}

/** Replaces a policy as a whole: what the request leaves out is gone. */
export function editPolicy(db: Database, request: Fields, editor: Identity): void {
  assertAdmin(editor, 'edit');
  const id = request.requiredText('policy_id');
  const name = request.requiredText('name');
  const former = policyRow(db, id);
  if (former.name !== name) assertNameFree(db, name);
  const document = stringifyJson(documentOf(request));
  db.run('UPDATE policies SET name = ?, document = ? WHERE policy_id = ?', name, document, id);
}

export function deletePolicy(db: Database, id: string, who: Identity): void {
  assertAdmin(who, 'delete');
  policyRow(db, id);
  db.transaction(() => {
    db.run('DELETE FROM policies WHERE policy_id = ?', id);
    replaceGrants(db, 'cluster-policies', id, []);
  });
}

/** One policy as the API shows it, for who may use it. */
export function readPolicy(db: Database, id: string, who: Identity): JsonObject {
  assertUsable(db, id, who);
  return render(policyRow(db, id));
}

/** The policies that the caller may use. */
export function listPolicies(db: Database, who: Identity, column: string, descending: boolean): JsonObject[] {
  const order = column === 'POLICY_NAME' ? 'name' : 'created';
  const rows = db.rows<PolicyRow>(
    `SELECT * FROM policies ORDER BY ${order} ${descending ? 'DESC' : 'ASC'}, policy_id`,
  );
  return rows.filter((row) => isAllowed(db, who, 'cluster-policies', row.policy_id, 'CAN_USE')).map(render);
}

/** The rules of a policy for someone who wants to make a cluster with it. */
export function rulesForUse(db: Database, id: string, who: Identity): PolicyRule[] {
  assertUsable(db, id, who);
  const row = policyRow(db, id);
  const rules = parsePolicyDefinition(definitionOf(fieldsOf(parseJson(row.document))));
  if (rules === undefined)
    throw invalidParameter(
      `Requests for the policy ${row.name} (${id}) cannot be satisfied due to the malformed policy definition. Please contact your administrator to correct the policy definition.`,
    );
  return rules;
}

/** The rules that hold: the policy's own, or those of its family with its overrides. */
function definitionOf(document: Fields): string {
  const family = document.text('policy_family_id');
  if (family === undefined) return document.text('definition') ?? '';
  return familyDefinition(family, document.text('policy_family_definition_overrides') ?? '');
}

/** Throws as the API does when there is no such policy. */
export function assertPolicyExists(db: Database, id: string): void {
  policyRow(db, id);
}

function assertUsable(db: Database, id: string, who: Identity): void {
  if (isAllowed(db, who, 'cluster-policies', id, 'CAN_USE')) return;
  throw new ApiError(
    'PERMISSION_DENIED',
    `User ${who.userName} does not have CAN_USE permission on cluster policy ${id}.`,
  );
}

function policyRow(db: Database, id: string): PolicyRow {
  const row = db.row<PolicyRow>('SELECT * FROM policies WHERE policy_id = ?', id);
  if (row === undefined)
    throw new ApiError('RESOURCE_DOES_NOT_EXIST', `Can't find a cluster policy with id: ${id}`);
  return row;
}

function render(row: PolicyRow): JsonObject {
  return {
    policy_id: row.policy_id,
    ...(parseJson(row.document) as JsonObject),
    creator_user_name: row.creator,
    created_at_timestamp: row.created,
    is_default: false,
  };
}

function documentOf(request: Fields): JsonObject {
  const name = request.requiredText('name');
  if (name.length > 100) throw invalidParameter('The name of a policy has at most 100 characters.');
  if (request.value.definition !== undefined && request.value.policy_family_id !== undefined)
    throw invalidParameter('policy_family_id and definition cannot be used together');
  const family = request.text('policy_family_id');
  if (family !== undefined) readFamily(family);
  else if (request.value.policy_family_definition_overrides !== undefined)
    throw invalidParameter('policy_family_definition_overrides needs a policy_family_id');
  if (isObject(request.value.definition))
    throw invalidParameter('definition must be a string that holds JSON, not an object.');
  request.count('max_clusters_per_user', 1, 1);
  return fieldsOf(
    Object.fromEntries(
      written
        .filter((key) => request.value[key] !== undefined)
        .map((key) => [key, request.value[key] ?? null]),
    ),
  ).value;
}

function assertNameFree(db: Database, name: string): void {
  if (db.row('SELECT 1 FROM policies WHERE name = ?', name) !== undefined)
    throw invalidParameter(`Policy with name '${name}' already exists.`);
}

function assertAdmin(who: Identity, action: string): void {
  if (!who.isAdmin)
    throw new ApiError(
      'PERMISSION_DENIED',
      `Only workspace admins can ${action} cluster policies; ${who.userName} is none.`,
    );
}

/** `max_clusters_per_user` of a policy; undefined = no limit. */
export function policyLimit(db: Database, id: string): number | undefined {
  const limit = Number((parseJson(policyRow(db, id).document) as JsonObject).max_clusters_per_user ?? 0);
  return limit > 0 ? limit : undefined;
}

/** `libraries` of a policy, as they were written. */
export function policyLibraries(db: Database, id: string): readonly Json[] {
  return fieldsOf(parseJson(policyRow(db, id).document)).list('libraries');
}

/** The name of a policy for people; undefined = the policy is gone. */
export function policyName(db: Database, id: string): string | undefined {
  return db.row<{ name: string }>('SELECT name FROM policies WHERE policy_id = ?', id)?.name;
}

/** What a cluster of a policy costs at most for each hour, in DBU; undefined = the policy sets no limit, or is gone. */
export function dbusPerHourLimit(db: Database, id: string): number | undefined {
  const row = db.row<PolicyRow>('SELECT * FROM policies WHERE policy_id = ?', id);
  const rules = row && parsePolicyDefinition(definitionOf(fieldsOf(parseJson(row.document))));
  return rules?.find((rule) => rule.path === 'dbus_per_hour')?.maxValue;
}
