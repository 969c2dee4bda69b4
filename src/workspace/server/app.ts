import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { hermesVersion } from '../../core/package-root.ts';
import { createUploads } from '../files/uploads.ts';
import { activeRuns } from '../jobs/runs.ts';
import { pageRoutes } from '../pages/page-routes.ts';
import { apiErrorReply, apiRoutes } from '../routes/api.ts';
import { oauthRoutes } from '../routes/oauth.ts';
import { reply } from '../routes/request.ts';
import { telemetryRoutes } from '../routes/telemetry.ts';
import { uploadPartRoutes } from '../routes/upload-parts.ts';
import type { Rehearsal } from '../scenario/rehearsal.ts';
import { HEALTH_PATH } from './health.ts';
import { isOwnHost, isOwnOrigin, isOwnTarget } from './own-site.ts';
import type { AppTypes, WorkspaceParts } from './parts.ts';

/** Forms of pages are small. */
const FORM_LIMIT = 64 * 1024;

/** All routes of a workspace. `touched` is called for every request. */
export function createApp(
  parts: WorkspaceParts,
  instance: string,
  touched: () => void,
  rehearsal?: Rehearsal,
): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.use(async (c, next) => {
    touched();
    const host = c.req.header('host');
    if (!isOwnHost(host) || !isOwnTarget(c.env?.incoming?.url))
      return c.text('This workspace answers to 127.0.0.1 and localhost only.', 421);
    if (!isOwnOrigin(c.req.header('origin'), host))
      return c.text('This workspace takes no requests from pages of other sites.', 403);
    c.env?.outgoing?.setHeader('x-request-id', randomUUID());
    return next();
  });
  app.get(HEALTH_PATH, () =>
    reply({
      instance,
      pid: process.pid,
      version: hermesVersion,
      active_runs: activeRuns(parts.db).length,
    }),
  );
  rehearsal?.install(app, parts);
  app.route('/', oauthRoutes(parts));
  const uploads = createUploads(parts.folder, () => parts.clock.now().getTime());
  app.route('/api', apiRoutes(parts, uploads));
  app.route('/', uploadPartRoutes(uploads));
  app.route('/', telemetryRoutes(parts));
  app.onError((error) => apiErrorReply(error));
  app.on(
    'POST',
    '*',
    bodyLimit({ maxSize: FORM_LIMIT, onError: (c) => c.text('The form is too large.', 413) }),
  );
  app.route('/', pageRoutes(parts));
  return app;
}
