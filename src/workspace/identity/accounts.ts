import { ConfigError } from '../../core/errors.ts';
import { openDatabase } from '../state/database.ts';
import { removeUser } from './remove-user.ts';
import { type AddedServicePrincipal, addServicePrincipal, displayNameOf } from './service-principals.ts';
import { addUser, type Identity, issueLoginCode, issueToken, listUsers } from './users.ts';

/** Adds a user (or groups to one who exists) and answers a fresh token, which is not shown again. */
export function addAccount(
  folder: string,
  userName: string,
  groups: readonly string[],
  now: Date,
): { readonly token: string; readonly isKnown: boolean } {
  return withDatabase(folder, (db) => {
    const isKnown = listUsers(db).some((user) => user.userName === userName);
    addUser(db, userName, groups, now);
    return { token: issueToken(db, userName, now), isKnown };
  });
}

/** Takes a user or a service principal out, as {@link removeUser} does. */
export function removeAccount(folder: string, name: string, now: Date): void {
  withDatabase(folder, (db) => removeUser(db, folder, name, now));
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
): AddedServicePrincipal {
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
