import type { Database } from '../state/database.ts';
import { ApiError } from '../wire/api-error.ts';
import { ADMINS } from './users.ts';

const strict = new WeakSet<Database>();
const words = {
  user_name: 'UserName',
  group_name: 'GroupName',
  service_principal_name: 'ServicePrincipalName',
} as const;

interface Named {
  readonly kind: keyof typeof words;
  readonly principal: string;
}

/**
 * From here on an access list may name only users and groups that the workspace has, as on Databricks. Otherwise any
 * name is taken: on a machine of one's own nobody has made the groups that DAG files name.
 */
export function demandKnownPrincipals(db: Database): void {
  strict.add(db);
}

/** @throws ApiError 404 for a principal that does not exist, where that is demanded */
export function assertPrincipals(db: Database, grants: readonly Named[]): void {
  if (!strict.has(db)) return;
  const unknown = grants.find((grant) => !isKnown(db, grant));
  if (unknown !== undefined)
    throw new ApiError(
      'RESOURCE_DOES_NOT_EXIST',
      `Principal: ${words[unknown.kind]}(${unknown.principal}) does not exist`,
    );
}

function isKnown(db: Database, { kind, principal }: Named): boolean {
  if (kind === 'group_name')
    return (
      principal === ADMINS ||
      principal === 'users' ||
      db.row('SELECT 1 FROM memberships WHERE team = ? LIMIT 1', principal) !== undefined
    );
  return db.row('SELECT 1 FROM users WHERE name = ?', principal) !== undefined;
}
