import type { Context, Hono } from 'hono';
import { identify, redeemLoginCode } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { refuse } from './page-frame.ts';
import { renderPage } from './render.ts';
import { closeSession, isSameOrigin, openSession, pageIdentity } from './sessions.ts';

/** Signing in by the link that `hermes workspace start` prints, or by a token; signing out. */
export function signInRoutes(app: Hono<AppTypes>, parts: WorkspaceParts): void {
  app.get('/login', (c) => {
    const code = c.req.query('code');
    // By the time of the machine, as the command that made the link has it; a scenario's clock may go otherwise.
    const userName = code === undefined ? undefined : redeemLoginCode(parts.db, code, parts.pace.now());
    if (userName !== undefined) openSession(parts, c, userName);
    if (userName !== undefined || pageIdentity(parts, c) !== undefined) return c.redirect('/');
    return signIn(
      c,
      code === undefined ? undefined : 'That link was used already, or is older than 10 minutes.',
    );
  });
  app.post('/login', async (c) => {
    if (!isSameOrigin(c)) return refuse(c, 'This request did not come from a page of the workspace.', 403);
    const form = await c.req.parseBody();
    const token = typeof form.token === 'string' ? form.token.trim() : '';
    const who = identify(parts.db, 'token', token, parts.clock.now());
    if (who === undefined)
      return signIn(c, 'That is not a token of this workspace.', String(form.next ?? '/'));
    openSession(parts, c, who.userName);
    return c.redirect(ownPath(String(form.next ?? '/')), 303);
  });
  app.post('/logout', (c) => {
    if (!isSameOrigin(c)) return refuse(c, 'This request did not come from a page of the workspace.', 403);
    closeSession(parts, c);
    return c.redirect('/login', 303);
  });
}

/** The page that asks who looks. */
export function signIn(c: Context<AppTypes>, problem?: string, next?: string): Response {
  // The cookie stays behind when another site's page links here; asking again from here brings it along.
  const isFirst = c.req.query('again') === undefined;
  const isForeign = c.req.header('sec-fetch-site') === 'cross-site' && c.req.method === 'GET';
  const values = {
    problem,
    next: ownPath(next ?? askedFor(c)),
    again: isForeign && isFirst ? withAgain(c.req.url) : undefined,
  };
  const html = renderPage('sign-in', { title: 'Sign in', nonce: c.var.nonce }, values);
  return c.html(html, 401) as Response;
}

/** The page to go to after signing in, with what its address asks for. */
function askedFor(c: Context<AppTypes>): string {
  const { pathname, searchParams } = new URL(c.req.url);
  if (c.req.method !== 'GET' || pathname === '/login') return '/';
  searchParams.delete('again');
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams}`;
}

function withAgain(url: string): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.set('again', '1');
  return `${pathname}?${searchParams}`;
}

/** A path of our own to go to after signing in, whatever the form said. */
function ownPath(path: string): string {
  const url = URL.parse(path, 'http://workspace');
  const own = url?.host === 'workspace' && url.protocol === 'http:' ? url.pathname + url.search : '/';
  return /^\/(?!\/)/.test(own) ? own : '/';
}
