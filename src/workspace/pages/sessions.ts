import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { endSession, type Identity, identify, issueSession } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';

const DAYS_30 = 30 * 24 * 3_600;

/** Who looks at a page: by the cookie of the browser, or by the token that a program such as curl sends. */
export function pageIdentity(parts: WorkspaceParts, c: Context<AppTypes>): Identity | undefined {
  const token = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (token !== undefined) return identify(parts.db, 'token', token, parts.clock.now());
  const secret = getCookie(c, cookieName(parts));
  return secret === undefined ? undefined : identify(parts.db, 'session', secret, parts.pace.now());
}

/** Opens a session for the browser that asked. */
export function openSession(parts: WorkspaceParts, c: Context<AppTypes>, userName: string): void {
  setCookie(c, cookieName(parts), issueSession(parts.db, userName, parts.pace.now()), {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: DAYS_30,
  });
}

/** Ends the session of the browser that asked: the cookie is worth nothing afterwards. */
export function closeSession(parts: WorkspaceParts, c: Context<AppTypes>): void {
  const secret = getCookie(c, cookieName(parts));
  if (secret !== undefined) endSession(parts.db, secret);
  deleteCookie(c, cookieName(parts), { path: '/' });
}

/** Whether a request that changes something comes from one of our own pages. */
export function isSameOrigin(c: Context<AppTypes>): boolean {
  const origin = c.req.header('origin');
  return origin !== undefined && origin === `http://${c.req.header('host')}`;
}

// Browsers send a cookie to every port of a host: two workspaces of one machine must not overwrite each other's.
function cookieName(parts: WorkspaceParts): string {
  return `hermes_${new URL(parts.url()).port}`;
}
