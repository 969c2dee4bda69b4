import type { JsonObject } from '../../core/json.ts';
import type { Identity } from '../identity/users.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { seal, unseal } from './cipher.ts';
import { checkSecretName, mayUse } from './scopes.ts';

/** Where secrets are kept. */
export interface SecretHome {
  readonly db: Database;
  /** The workspace's folder, with the key. */
  readonly folder: string;
}

/** A secret that a text names: `{{secrets/<scope>/<key>}}`. */
export interface SecretReference {
  readonly scope: string;
  readonly key: string;
}

/** As on Databricks. */
const VALUE_LIMIT = 128 * 1024;
const REFERENCE = /\{\{\s*secrets\/([^/{}]+)\/([^{}]+?)\s*\}\}/g;

export function putSecret({ db, folder }: SecretHome, at: SecretReference, value: Buffer, now: Date): void {
  checkSecretName(at.key, 'Secret key');
  if (value.length > VALUE_LIMIT)
    throw new ApiError('RESOURCE_LIMIT_EXCEEDED', `A secret must not be larger than ${VALUE_LIMIT} bytes.`);
  const sealed = seal(folder, placeOf(at), value);
  db.run('INSERT OR REPLACE INTO secret_values VALUES (?, ?, ?, ?)', at.scope, at.key, sealed, now.getTime());
}

/** Keys of a scope with the time of their last change, without values. */
export function listSecrets(db: Database, scope: string): JsonObject[] {
  return db
    .rows<{ name: string; updated: number }>(
      'SELECT name, updated FROM secret_values WHERE scope = ? ORDER BY name',
      scope,
    )
    .map(({ name, updated }) => ({ key: name, last_updated_timestamp: updated }));
}

/** @throws ApiError 404 when there is none */
export function deleteSecret(db: Database, { scope, key }: SecretReference): void {
  if (db.run('DELETE FROM secret_values WHERE scope = ? AND name = ?', scope, key) === 0)
    throw missing({ scope, key });
}

/** The value of a secret. Who asks for it must have been checked. @throws ApiError 404 when there is none */
export function readSecret({ db, folder }: SecretHome, at: SecretReference): Buffer {
  const row = db.row<{ value: Uint8Array }>(
    'SELECT value FROM secret_values WHERE scope = ? AND name = ?',
    at.scope,
    at.key,
  );
  if (row === undefined) throw missing(at);
  return unseal(folder, placeOf(at), row.value);
}

/** What is wrong with the references of a cluster's variables and Spark settings, for the user whose rights it has. */
export function secretProblems(db: Database, who: Identity, texts: Iterable<unknown>): string[] {
  return referencesIn(texts).flatMap((at) => {
    const row = db.row('SELECT 1 FROM secret_values WHERE scope = ? AND name = ?', at.scope, at.key);
    if (row !== undefined && mayUse(db, at.scope, who, 'READ')) return [];
    return [`Secret does not exist with scope: ${at.scope} and key: ${at.key}`];
  });
}

/**
 * Variables with the values of the secrets that they name, as the user whose rights a run has may read them.
 * @throws ApiError when one does not exist (any more), or may not be read
 */
export function withSecrets(
  home: SecretHome,
  who: Identity,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const problems = secretProblems(home.db, who, Object.values(variables));
  if (problems.length > 0) throw invalidParameter(problems.join('; '));
  const resolve = (text: string): string =>
    text.replace(REFERENCE, (_whole, scope, key) => readSecret(home, { scope, key }).toString('utf8'));
  return Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, resolve(text)]));
}

function referencesIn(texts: Iterable<unknown>): SecretReference[] {
  return [...texts].flatMap((text) =>
    [...String(text).matchAll(REFERENCE)].map(([, scope = '', key = '']) => ({ scope, key })),
  );
}

function placeOf({ scope, key }: SecretReference): string {
  return JSON.stringify([scope, key]);
}

function missing({ scope, key }: SecretReference): ApiError {
  return new ApiError(
    'RESOURCE_DOES_NOT_EXIST',
    `Secret does not exist with scope: ${scope} and key: ${key}`,
  );
}
