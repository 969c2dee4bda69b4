import { randomBytes } from 'node:crypto';
import { ConfigError } from '../../core/errors.ts';
import { sha256Hex } from '../../core/sha256.ts';
import type { Database } from '../state/database.ts';

/** Who makes a request, and the groups that decide what he may do. */
export interface Identity {
  readonly userName: string;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
}

/** The group whose members may do everything. */
export const ADMINS = 'admins';

type SecretKind = 'token' | 'login' | 'session' | 'client';

const LOGIN_CODE_MS = 10 * 60_000;
const SESSION_MS = 30 * 24 * 3_600_000;
// A run that goes on for longer can ask no more; its token cannot outlive a server that died for good by more.
const RUN_TOKEN_MS = 24 * 3_600_000;
/** Of an access token of OAuth, as on Databricks. */
export const ACCESS_TOKEN_MS: number = 3_600_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._%+@-]{0,99}$/;

/** Adds a user, or adds groups to one who exists. @throws ConfigError for a name that cannot be one. */
export function addUser(db: Database, userName: string, groups: readonly string[], now: Date): void {
  for (const name of [userName, ...groups]) checkName(userName, name);
  db.transaction(() => {
    db.run('INSERT OR IGNORE INTO users VALUES (?, ?)', userName, now.getTime());
    for (const group of groups) db.run('INSERT OR IGNORE INTO memberships VALUES (?, ?)', userName, group);
  });
}

/** @throws ConfigError for a text that cannot be the name of a user or a group */
export function checkName(userName: string, name: string): void {
  if (NAME.test(name)) return;
  throw new ConfigError(
    `Cannot add user ${JSON.stringify(userName)}: ${JSON.stringify(name)} is not a name. Allowed: letters, digits and . _ % + @ -, beginning with a letter or digit, at most 100.`,
    { code: 'HERMES_WORKSPACE_USER_NAME' },
  );
}

/** Every user with his groups, by name. */
export function listUsers(db: Database): Identity[] {
  return db
    .rows<{ name: string }>('SELECT name FROM users ORDER BY name')
    .map(({ name }) => identityOf(db, name));
}

/** A fresh API token of a user. Only its hash is stored: this is the one time it can be read. */
export function issueToken(
  db: Database,
  userName: string,
  now: Date,
  { comment = '', lifetimeMs }: { readonly comment?: string; readonly lifetimeMs?: number } = {},
): string {
  return issue(db, 'token', userName, now, lifetimeMs, comment);
}

/** Makes `token` a token of the user when it is not one yet. */
export function acceptToken(db: Database, userName: string, token: string, now: Date): void {
  store(db, 'token', token, userName, now);
}

/** A token of OAuth: as that of a user, for an hour. */
export function issueAccessToken(db: Database, userName: string, now: Date): string {
  return issue(db, 'token', userName, now, ACCESS_TOKEN_MS);
}

/** A token for a driver to ask with on behalf of its run's creator; see {@link endToken}. */
export function issueRunToken(db: Database, userName: string, now: Date): string {
  return issue(db, 'token', userName, now, RUN_TOKEN_MS);
}

/** Makes a token worthless. */
export function endToken(db: Database, secret: string): void {
  db.run("DELETE FROM secrets WHERE hash = ? AND kind = 'token'", sha256Hex(secret));
}

/** A fresh secret by which a service principal gets access tokens. */
export function issueClientSecret(db: Database, userName: string, now: Date): string {
  return issue(db, 'client', userName, now);
}

/** Whose a secret of a service principal is, or undefined when it is unknown. */
export function ownerOfClientSecret(db: Database, secret: string, now: Date): string | undefined {
  return ownerOf(db, 'client', secret, now);
}

/** A code that opens one browser session within 10 minutes. */
export function issueLoginCode(db: Database, userName: string, now: Date): string {
  return issue(db, 'login', userName, now, LOGIN_CODE_MS);
}

/** A browser session, for the cookie; lasts 30 days. */
export function issueSession(db: Database, userName: string, now: Date): string {
  return issue(db, 'session', userName, now, SESSION_MS);
}

/** Takes back a browser session. */
export function endSession(db: Database, secret: string): void {
  db.run("DELETE FROM secrets WHERE hash = ? AND kind = 'session'", sha256Hex(secret));
}

/** Who holds a token or session, or undefined when it is unknown or has expired. */
export function identify(
  db: Database,
  kind: 'token' | 'session',
  secret: string,
  now: Date,
): Identity | undefined {
  const user = ownerOf(db, kind, secret, now);
  return user === undefined ? undefined : identityOf(db, user);
}

/** Uses up a login code; answers its user, or undefined when it is unknown, used or expired. */
export function redeemLoginCode(db: Database, code: string, now: Date): string | undefined {
  return db.row<{ user: string }>(
    "DELETE FROM secrets WHERE hash = ? AND kind = 'login' AND expires > ? RETURNING user",
    sha256Hex(code),
    now.getTime(),
  )?.user;
}

/** A user with his groups; one without any when the name is unknown. */
export function identityOf(db: Database, userName: string): Identity {
  const groups = db
    .rows<{ team: string }>('SELECT team FROM memberships WHERE user = ? ORDER BY team', userName)
    .map((row) => row.team);
  return { userName, groups, isAdmin: groups.includes(ADMINS) };
}

function ownerOf(db: Database, kind: SecretKind, secret: string, now: Date): string | undefined {
  return db.row<{ user: string }>(
    'SELECT user FROM secrets WHERE hash = ? AND kind = ? AND (expires IS NULL OR expires > ?)',
    sha256Hex(secret),
    kind,
    now.getTime(),
  )?.user;
}

function issue(
  db: Database,
  kind: SecretKind,
  userName: string,
  now: Date,
  lifetimeMs?: number,
  comment?: string,
): string {
  const prefix = kind === 'token' || kind === 'client' ? 'hws_' : '';
  const secret = `${prefix}${randomBytes(24).toString('base64url')}`;
  store(db, kind, secret, userName, now, lifetimeMs, comment);
  return secret;
}

function store(
  db: Database,
  kind: SecretKind,
  secret: string,
  userName: string,
  now: Date,
  lifetimeMs?: number,
  comment?: string,
): void {
  // Kinds may go by different clocks, and one clock is no judge of what another stamped.
  if (lifetimeMs !== undefined)
    db.run('DELETE FROM secrets WHERE kind = ? AND expires < ?', kind, now.getTime());
  db.run(
    'INSERT OR IGNORE INTO secrets (hash, kind, user, created, expires, comment) VALUES (?, ?, ?, ?, ?, ?)',
    sha256Hex(secret),
    kind,
    userName,
    now.getTime(),
    lifetimeMs === undefined ? null : now.getTime() + lifetimeMs,
    comment ?? null,
  );
}
