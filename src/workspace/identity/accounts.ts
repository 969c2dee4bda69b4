import { ConfigError } from '../../core/errors.ts';
import { openDatabase } from '../state/database.ts';
import { addServicePrincipal, displayNameOf, type ServicePrincipal } from './service-principals.ts';
import { addUser, type Identity, issueLoginCode, issueToken, listUsers } from './users.ts';

/** Adds a user (or groups to one who exists) and answers a fresh token, which is not shown again. */
export function addAccount(folder: string, userName: string, groups: readonly string[], now: Date): string {
  return withDatabase(folder, (db) => {
    addUser(db, userName, groups, now);
    return issueToken(db, userName, now);
  });
}

/** A user of a workspace folder, or a service principal. */
export interface Account extends Identity {
  /** Of a service principal; its `userName` is its client id. */
  readonly servicePrincipal?: string;
}

/** The users of a workspace folder, by name. */
export function listAccounts(folder: string): Account[] {
  return withDatabase(folder, (db) =>
    listUsers(db).map((user) => {
      const name = displayNameOf(db, user.userName);
      return name === undefined ? user : { ...user, servicePrincipal: name };
    }),
  );
}

/** Adds a service principal (or groups to one who exists) and answers a fresh secret, which is not shown again. */
export function addClient(
  folder: string,
  displayName: string,
  groups: readonly string[],
  now: Date,
): ServicePrincipal & { readonly secret: string } {
  return withDatabase(folder, (db) => addServicePrincipal(db, displayName, groups, now));
}

/** A code for `/login?code=…`: opens one browser session within 10 minutes. @throws ConfigError for an unknown user. */
export function createLoginCode(folder: string, userName: string, now: Date): string {
  return withDatabase(folder, (db) => {
    const known = listUsers(db).map((user) => user.userName);
    if (!known.includes(userName))
      throw new ConfigError(
        `Cannot open a session for ${userName}: no such user. Users: ${known.join(', ')}.`,
        {
          code: 'HERMES_WORKSPACE_USER_UNKNOWN',
        },
      );
    return issueLoginCode(db, userName, now);
  });
}

function withDatabase<T>(folder: string, work: (db: ReturnType<typeof openDatabase>) => T): T {
  const db = openDatabase(folder);
  try {
    return work(db);
  } finally {
    db.close();
  }
}
