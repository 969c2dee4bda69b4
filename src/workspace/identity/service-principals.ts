import { randomUUID } from 'node:crypto';
import { ConfigError } from '../../core/errors.ts';
import type { Database } from '../state/database.ts';
import { addUser, checkName, issueClientSecret, ownerOfClientSecret } from './users.ts';

/** A user that is a program. It signs in by OAuth machine-to-machine; its user name is its application id. */
interface ServicePrincipal {
  readonly applicationId: string;
  readonly displayName: string;
}

/** One that was added, or got another secret. */
export interface AddedServicePrincipal extends ServicePrincipal {
  readonly secret: string;
  /** It was there before. */
  readonly isKnown: boolean;
}

/** As on Databricks. */
const SECRETS_LIMIT = 5;

/**
 * Adds a service principal, or groups and another secret to one who exists. Only the secret's hash is stored.
 * @throws ConfigError for a name that cannot be one, and for a sixth secret
 */
export function addServicePrincipal(
  db: Database,
  displayName: string,
  groups: readonly string[],
  now: Date,
): AddedServicePrincipal {
  for (const name of [displayName, ...groups]) checkName(displayName, name);
  return db.transaction(() => {
    const known = idOf(db, displayName);
    const applicationId = known ?? randomUUID();
    db.run('INSERT OR IGNORE INTO service_principals VALUES (?, ?)', applicationId, displayName);
    addUser(db, applicationId, groups, now);
    if (secretsOf(db, applicationId) >= SECRETS_LIMIT)
      throw new ConfigError(
        `Cannot add a secret to service principal ${displayName}: it has ${SECRETS_LIMIT} already.`,
        { code: 'HERMES_WORKSPACE_SECRETS', nextStep: 'Add another service principal.' },
      );
    const secret = issueClientSecret(db, applicationId, now);
    return { applicationId, displayName, secret, isKnown: known !== undefined };
  });
}

/** Whether a client id and a secret belong together. */
export function isClient(db: Database, applicationId: string, secret: string, now: Date): boolean {
  return ownerOfClientSecret(db, secret, now) === applicationId;
}

/** The name that people gave it; undefined for a person. */
export function displayNameOf(db: Database, userName: string): string | undefined {
  return db.row<{ name: string }>('SELECT name FROM service_principals WHERE id = ?', userName)?.name;
}

function idOf(db: Database, displayName: string): string | undefined {
  return db.row<{ id: string }>('SELECT id FROM service_principals WHERE name = ?', displayName)?.id;
}

function secretsOf(db: Database, applicationId: string): number {
  return db.rows("SELECT hash FROM secrets WHERE user = ? AND kind = 'client'", applicationId).length;
}
