import type { JsonObject } from '../../core/json.ts';
import type { Identity } from '../identity/users.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';

/** From the least to the most: https://docs.databricks.com/security/auth/access-control/#secret-acls */
const PERMISSIONS = ['READ', 'WRITE', 'MANAGE'] as const;
export type SecretPermission = (typeof PERMISSIONS)[number];

/** The principal that means everybody. */
const EVERYBODY = 'users';
const NAME = /^[\w@.-]{1,128}$/;

/** @throws ApiError for a text that cannot be the name of a scope or of a secret */
export function checkSecretName(name: string, what: 'Scope' | 'Secret key'): void {
  if (!NAME.test(name))
    throw invalidParameter(
      `${what} ${JSON.stringify(name.slice(0, 200))} is not a valid name. Allowed: 1 to 128 letters, digits and - _ @ .`,
    );
}

/** Makes a scope; its creator manages it, or everybody when `users` is named so. */
export function createScope(
  db: Database,
  scope: string,
  who: Identity,
  initialManager: string | undefined,
  now: Date,
): void {
  checkSecretName(scope, 'Scope');
  if (initialManager !== undefined && initialManager !== EVERYBODY)
    throw invalidParameter(`initial_manage_principal can be ${EVERYBODY} only.`);
  db.transaction(() => {
    const made = db.run(
      'INSERT OR IGNORE INTO secret_scopes VALUES (?, ?, ?)',
      scope,
      who.userName,
      now.getTime(),
    );
    if (made === 0)
      throw new ApiError('RESOURCE_ALREADY_EXISTS', `Scope ${scope} already exists!`, { status: 400 });
    putAcl(db, scope, initialManager ?? who.userName, 'MANAGE');
  });
}

/** Removes a scope with its secrets and access list. */
export function deleteScope(db: Database, scope: string): void {
  db.transaction(() => {
    for (const table of ['secret_values', 'secret_acls'])
      db.run(`DELETE FROM ${table} WHERE scope = ?`, scope);
    db.run('DELETE FROM secret_scopes WHERE name = ?', scope);
  });
}

/** Names of the scopes that someone may read. */
export function scopesOf(db: Database, who: Identity): string[] {
  return db
    .rows<{ name: string }>('SELECT name FROM secret_scopes ORDER BY name')
    .map(({ name }) => name)
    .filter((name) => mayUse(db, name, who, 'READ'));
}

/** @throws ApiError unless the scope stands and someone has at least the permission on it */
export function assertScope(db: Database, scope: string, who: Identity, needed: SecretPermission): void {
  if (db.row('SELECT 1 FROM secret_scopes WHERE name = ?', scope) === undefined)
    throw new ApiError('RESOURCE_DOES_NOT_EXIST', `Scope ${scope} does not exist!`);
  if (!mayUse(db, scope, who, needed))
    throw new ApiError(
      'PERMISSION_DENIED',
      `User ${who.userName} does not have ${needed} permission on scope ${scope}.`,
    );
}

/** Whether someone has at least the permission on a scope; administrators have every one. */
export function mayUse(db: Database, scope: string, who: Identity, needed: SecretPermission): boolean {
  if (who.isAdmin) return true;
  const names = [who.userName, ...who.groups, EVERYBODY];
  return aclsOf(db, scope).some(
    ({ principal, permission }) =>
      names.includes(principal) && PERMISSIONS.indexOf(permission) >= PERMISSIONS.indexOf(needed),
  );
}

/** One line of a scope's access list. */
export interface SecretAcl {
  readonly principal: string;
  readonly permission: SecretPermission;
}

export function aclsOf(db: Database, scope: string): SecretAcl[] {
  return db.rows<SecretAcl>(
    'SELECT principal, permission FROM secret_acls WHERE scope = ? ORDER BY principal',
    scope,
  );
}

/** The line of a principal. @throws ApiError 404 when there is none */
export function aclOf(db: Database, scope: string, principal: string): JsonObject {
  const found = aclsOf(db, scope).find((acl) => acl.principal === principal);
  if (found !== undefined) return { ...found };
  throw new ApiError(
    'RESOURCE_DOES_NOT_EXIST',
    `Failed to get secret acl for principal ${principal} for scope ${scope}.`,
  );
}

export function putAcl(db: Database, scope: string, principal: string, permission: string): void {
  if (!PERMISSIONS.some((known) => known === permission))
    throw invalidParameter(`Permission ${permission} is not one of ${PERMISSIONS.join(', ')}.`);
  db.run('INSERT OR REPLACE INTO secret_acls VALUES (?, ?, ?)', scope, principal, permission);
}

/** @throws ApiError 404 when the principal has no line */
export function deleteAcl(db: Database, scope: string, principal: string): void {
  aclOf(db, scope, principal);
  db.run('DELETE FROM secret_acls WHERE scope = ? AND principal = ?', scope, principal);
}
