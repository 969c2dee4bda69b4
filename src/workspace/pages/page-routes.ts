import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { grantsOf } from '../identity/permissions.ts';
import { reply } from '../routes/request.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError } from '../wire/api-error.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { dagRoutes } from './dag-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { refuse, securityHeaders } from './page-frame.ts';
import { policyRoutes } from './policy-routes.ts';
import { runRoutes } from './run-routes.ts';
import { runsRoutes } from './runs-routes.ts';
import { isSameOrigin, pageIdentity } from './sessions.ts';
import { signIn, signInRoutes } from './sign-in.ts';
import { tableRoutes } from './table-routes.ts';

/** The pages for people. Everything but signing in is for who is signed in, and each sees what he may. */
export function pageRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.use(async (c, next) => {
    c.set('nonce', randomBytes(16).toString('base64'));
    await next();
    for (const [name, value] of Object.entries(securityHeaders(c.var.nonce))) c.res.headers.set(name, value);
  });
  signInRoutes(app, parts);
  app.use(async (c, next) => {
    const who = pageIdentity(parts, c);
    if (who === undefined) return signIn(c);
    c.set('who', who);
    return next();
  });
  app.use(async (c, next) => {
    if (c.req.method !== 'POST' || isSameOrigin(c)) return next();
    return refuse(c, 'This request did not come from a page of the workspace.', 403);
  });
  runsRoutes(app, parts);
  jobRoutes(app, parts);
  runRoutes(app, parts);
  dagRoutes(app, parts);
  artifactRoutes(app, parts);
  tableRoutes(app, parts);
  policyRoutes(app, parts);
  app.all('*', (c) => refuse(c, 'There is no such page.', 404));
  app.onError((error, c) => pageError(parts, error, c));
  return app;
}

/** A refusal as a page; for a run it names who can give access. */
function pageError(parts: WorkspaceParts, error: unknown, c: Context<AppTypes>): Response {
  if (!(error instanceof ApiError))
    return refuse(c, `The workspace failed: ${(error as Error).message}`, 500);
  if (/\/log(\.txt)?$/.test(c.req.path)) return reply({ error: error.message }, error.status);
  if (error.status !== 403) return refuse(c, error.message, 404);
  const job = /^\/jobs\/(\d{1,18})(\/|$)/.exec(c.req.path)?.[1];
  const owners = job === undefined ? [] : grantsOf(parts.db, 'jobs', job);
  const helpers = owners.filter((grant) => grant.level === 'IS_OWNER').map((grant) => grant.principal);
  return refuse(c, error.message, 403, helpers);
}
