import { type Context, Hono } from 'hono';
import { isClient } from '../identity/service-principals.ts';
import { ACCESS_TOKEN_MS, issueAccessToken } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { limitedBody, reply } from './request.ts';

const SCOPE = 'all-apis';

/** A refusal in the words of OAuth (https://www.rfc-editor.org/rfc/rfc6749#section-5.2). */
interface Refusal {
  readonly status: 400 | 401;
  readonly error: 'invalid_client' | 'invalid_request' | 'invalid_scope' | 'unsupported_grant_type';
  readonly description: string;
}

/**
 * Where programs find out how to sign in, and where a service principal changes its secret for an access token
 * (https://docs.databricks.com/dev-tools/auth/oauth-m2m).
 */
export function oauthRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  const issuer = () => `${parts.url()}/oidc`;
  app.get('/.well-known/databricks-config', () =>
    reply({ oidc_endpoint: issuer(), workspace_id: parts.workspaceId }),
  );
  app.get('/oidc/.well-known/oauth-authorization-server', () =>
    reply({
      issuer: issuer(),
      token_endpoint: `${issuer()}/v1/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      scopes_supported: [SCOPE],
    }),
  );
  app.post('/oidc/v1/token', async (c) => {
    const form = new URLSearchParams(await limitedBody(c));
    const client = clientOf(c, form);
    const refusal = refuse(parts, form, client);
    if (refusal !== undefined) {
      const headers = refusal.status === 401 ? { 'www-authenticate': 'Basic' } : undefined;
      return reply({ error: refusal.error, error_description: refusal.description }, refusal.status, headers);
    }
    const token = issueAccessToken(parts.db, client.id, parts.clock.now());
    const life = { token_type: 'Bearer', expires_in: ACCESS_TOKEN_MS / 1000 };
    return reply({ access_token: token, ...life, scope: SCOPE });
  });
  return app;
}

function refuse(
  { db, clock }: WorkspaceParts,
  form: URLSearchParams,
  { id, secret }: { readonly id: string; readonly secret: string },
): Refusal | undefined {
  if (!isClient(db, id, secret, clock.now()))
    return { status: 401, error: 'invalid_client', description: 'Client authentication failed' };
  const grant = form.get('grant_type');
  if (grant === null) return { status: 400, error: 'invalid_request', description: 'grant_type is missing' };
  if (grant !== 'client_credentials')
    return {
      status: 400,
      error: 'unsupported_grant_type',
      description: 'only client_credentials is supported',
    };
  const scopes = (form.get('scope') ?? SCOPE).split(' ');
  if (scopes.some((scope) => scope !== SCOPE))
    return { status: 400, error: 'invalid_scope', description: `only ${SCOPE} is supported` };
  return undefined;
}

/** From the header, or from the form. */
function clientOf(c: Context<AppTypes>, form: URLSearchParams): { id: string; secret: string } {
  const basic = /^Basic\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (basic === undefined)
    return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
  const [id = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { id, secret: rest.join(':') };
}
