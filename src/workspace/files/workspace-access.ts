import { grantsOf, type InheritedGrant, isAllowed, type ObjectType } from '../identity/permissions.ts';
import type { Identity } from '../identity/users.ts';
import type { Database } from '../state/database.ts';
import { ApiError } from '../wire/api-error.ts';
import { type FileRow, findFile, insertFile } from './file-table.ts';
import { ancestorsOf } from './tree-path.ts';

/** From the least to the most: https://docs.databricks.com/security/auth/access-control/#folders */
type FileLevel = 'CAN_READ' | 'CAN_RUN' | 'CAN_EDIT' | 'CAN_MANAGE';

const SHARED = '/Shared';
const USERS = '/Users';
const words = { CAN_READ: 'View', CAN_RUN: 'Run', CAN_EDIT: 'Edit', CAN_MANAGE: 'Manage' } as const;

/** Directories that nobody removes. */
export function isProtected(path: string): boolean {
  return path === '/' || path === SHARED || path === USERS || /^\/Users\/[^/]+$/.test(path);
}

/** Makes `/Shared` and the home of every user who has none. */
export function ensureHomes(db: Database, now: Date): void {
  const homes = db.rows<{ name: string }>(
    `SELECT name FROM users u
     WHERE NOT EXISTS (SELECT 1 FROM files WHERE tree = 'workspace' AND path = '/Users/' || u.name)`,
  );
  const directory = { kind: 'directory', language: null, content: null, bytes: 0 } as const;
  const make = (path: string, creator: string): void => {
    if (findFile(db, 'workspace', path) === undefined)
      insertFile(db, 'workspace', path, { ...directory, creator }, now);
  };
  if (homes.length === 0) return;
  db.transaction(() => {
    make(SHARED, '');
    make(USERS, '');
    for (const { name } of homes) make(`${USERS}/${name}`, name);
  });
}

/**
 * Whether someone has at least a level on a path of the workspace tree: everything in his own home, in `/Shared`, and
 * as an administrator everywhere; elsewhere by the access lists of the object and of the directories above it.
 */
export function hasLevel(db: Database, who: Identity, path: string, needed: FileLevel): boolean {
  if (who.isAdmin || isWithin(path, SHARED) || isWithin(path, `${USERS}/${who.userName}`)) return true;
  return standing(db, path).some((row) => isAllowed(db, who, objectType(row), String(row.id), needed));
}

/** Whether someone may learn that a thing is there. */
export function maySee(db: Database, who: Identity, path: string): boolean {
  return path === '/' || path === USERS || hasLevel(db, who, path, 'CAN_READ');
}

/** @throws ApiError unless someone has at least the level on a path */
export function assertLevel(db: Database, who: Identity, path: string, needed: FileLevel): void {
  if (hasLevel(db, who, path, needed)) return;
  throw new ApiError(
    'PERMISSION_DENIED',
    `${who.userName} does not have ${words[needed]} permissions on ${path}. Please contact the owner or an administrator for access.`,
  );
}

/** What the permissions API calls a thing of the tree. */
export function objectType(row: FileRow): ObjectType {
  if (row.kind === 'directory') return 'directories';
  return row.kind === 'notebook' ? 'notebooks' : 'files';
}

/** The grants that a thing has from the directories above it, and the owner's of a home. */
export function inheritedGrants(db: Database, row: FileRow): InheritedGrant[] {
  const above = standing(db, row.path).filter(({ id }) => id !== row.id);
  const home = [row, ...above].find(({ path, creator }) => path === `${USERS}/${creator}`);
  const owner =
    home === undefined
      ? []
      : [
          {
            kind: 'user_name',
            principal: home.creator,
            level: 'CAN_MANAGE',
            from: `/directories/${home.id}`,
          } as const,
        ];
  return [
    ...owner,
    ...above.flatMap((each) =>
      grantsOf(db, 'directories', String(each.id)).map((grant) => ({
        ...grant,
        from: `/directories/${each.id}`,
      })),
    ),
  ];
}

function standing(db: Database, path: string): FileRow[] {
  return ancestorsOf(path).flatMap((each) => findFile(db, 'workspace', each) ?? []);
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
