import { Hono } from 'hono';
import type { Uploads } from '../files/uploads.ts';
import { identify } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError } from '../wire/api-error.ts';
import { clusterRoutes } from './clusters.ts';
import { dbfsRoutes } from './dbfs.ts';
import { filesRoutes } from './files.ts';
import { instanceProfileRoutes } from './instance-profiles.ts';
import { jobsRoutes } from './jobs.ts';
import { permissionRoutes } from './permissions.ts';
import { policyFamilyRoutes, policyRoutes } from './policies.ts';
import { reply } from './request.ts';
import { scimRoutes } from './scim.ts';
import { secretRoutes } from './secrets.ts';
import { sqlRoutes } from './sql.ts';
import { tokenRoutes } from './tokens.ts';
import { volumeRoutes } from './volumes.ts';
import { workspaceFileRoutes, workspaceRoutes } from './workspace-files.ts';

const VERSIONS = ['2.0', '2.1', '2.2'] as const;

/** Everything below `/api`: by token, JSON in and out, errors as `{"error_code", "message"}`. */
export function apiRoutes(parts: WorkspaceParts, uploads: Uploads): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.use(async (c, next) => {
    const token = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined)
      throw new ApiError(
        'UNAUTHENTICATED',
        'Credential was not sent or was of an unsupported type for this API.',
      );
    const who = identify(parts.db, 'token', token, parts.clock.now());
    if (who === undefined) throw new ApiError('UNAUTHENTICATED', 'Invalid access token.');
    c.set('who', who);
    if (c.req.method !== 'GET' && parts.scheduler.isStopping())
      throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The workspace is being stopped.');
    await next();
  });
  for (const version of VERSIONS) app.route(`/${version}/jobs`, jobsRoutes(parts, version));
  app.route('/2.0/policies/clusters', policyRoutes(parts));
  app.route('/2.0/policy-families', policyFamilyRoutes());
  app.route('/2.0/permissions', permissionRoutes(parts));
  app.route('/2.0/workspace', workspaceRoutes(parts));
  app.route('/2.0/dbfs', dbfsRoutes(parts));
  app.route('/2.0/secrets', secretRoutes(parts));
  app.route('/2.0/fs', filesRoutes(parts, uploads));
  app.route('/2.0/sql', sqlRoutes(parts));
  app.route('/2.1/unity-catalog', volumeRoutes(parts));
  app.route('/2.0/workspace-files', workspaceFileRoutes(parts));
  app.route('/2.0/token', tokenRoutes(parts));
  app.route('/2.0/instance-profiles', instanceProfileRoutes(parts));
  for (const version of VERSIONS) app.route(`/${version}/clusters`, clusterRoutes(parts));
  app.get('/2.0/instance-pools/list', () => reply({}));
  // The SQL connector asks which features are switched on: none is.
  app.get('/2.0/connector-service/feature-flags/*', () => reply({}));
  app.route('/2.0/preview/scim/v2', scimRoutes(parts));
  app.all('*', (c) => {
    throw new ApiError('ENDPOINT_NOT_FOUND', `No API found for '${c.req.method} ${c.req.path}'`);
  });
  return app;
}

/** The JSON of an error, for `/api`. */
export function apiErrorReply(error: unknown): Response {
  if (error instanceof ApiError) {
    const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: error.reason };
    const details = error.reason === undefined ? {} : { details: [info] };
    return reply({ error_code: error.errorCode, message: error.message, ...details }, error.status);
  }
  return reply(
    { error_code: 'INTERNAL_ERROR', message: `The workspace failed: ${(error as Error).message}` },
    500,
  );
}
