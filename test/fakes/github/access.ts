import { isFields } from './fields.ts';
import { notFound, type Refusal, refuse } from './reply.ts';
import type { Call, Need, Route } from './route.ts';
import type { State, Token } from './state.ts';

const LEVELS = ['read', 'write', 'admin'];
/** Scopes that hold others (https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps). */
const HOLDS: Readonly<Record<string, readonly string[]>> = {
  'read:org': ['write:org', 'admin:org'],
  'write:org': ['admin:org'],
};

/** The token of a request; none is anonymous. @throws Refusal 401 for one that GitHub does not know */
export function tokenOf(state: State, authorization: string | undefined): Token | undefined {
  if (authorization === undefined) return undefined;
  const [scheme = '', word = ''] = authorization.split(' ');
  const secret =
    scheme.toLowerCase() === 'basic' ? (Buffer.from(word, 'base64').toString().split(':')[1] ?? '') : word;
  const token = state.tokens.get(secret);
  if (token === undefined) throw refuse(401, 'Bad credentials');
  return token;
}

/** Lets a request pass, or refuses it as GitHub would: 404 for what the token may not see, 403 for what it may not do. */
export function checkAccess(call: Call, route: Route): void {
  const { token, params, state } = call;
  if (route.path.startsWith('/app')) return;
  if (token === undefined) {
    if (route.need === undefined && route.path !== '/user') return;
    throw refuse(401, 'Requires authentication');
  }
  const owner = (params.org ?? params.owner ?? '').toLowerCase();
  if (token.unauthorisedFor?.some((login) => login.toLowerCase() === owner) === true)
    throw notAuthorised(owner);
  const repository = state.repositories.get(`${params.owner}/${params.repo}`.toLowerCase());
  const isSeen =
    repository === undefined ||
    repository.visibility === 'public' ||
    token.repositories === undefined ||
    token.repositories.includes(repository.name);
  if (!isSeen) throw notFound();
  if (route.need !== undefined && !holds(token, route.need)) throw notAllowed(token);
  if (repository?.archived === true && route.method !== 'GET' && route.path !== '/repos/{owner}/{repo}') {
    throw refuse(403, 'Repository was archived so is read-only.');
  }
}

export function holds(token: Token, need: Need): boolean {
  if (token.kind === 'classic') {
    const enough = [need.scope, ...(HOLDS[need.scope] ?? [])];
    return enough.some((scope) => token.scopes?.includes(scope));
  }
  const level = token.permissions?.[need.permission];
  return level !== undefined && LEVELS.indexOf(level) >= LEVELS.indexOf(need.level);
}

/** What GitHub tells every caller about what it asked for and what the token has. */
export function accessHeaders(token: Token | undefined, need: Need | undefined): Record<string, string> {
  if (token === undefined) return {};
  if (token.kind === 'classic') {
    return {
      'x-oauth-scopes': (token.scopes ?? []).join(', '),
      'x-accepted-oauth-scopes': need?.scope ?? '',
    };
  }
  return need === undefined ? {} : { 'x-accepted-github-permissions': `${need.permission}=${need.level}` };
}

function notAllowed(token: Token): Refusal {
  // A classic token without the scope is told nothing.
  if (token.kind === 'classic') return notFound();
  const by = token.kind === 'fine-grained' ? 'personal access token' : 'integration';
  return refuse(403, `Resource not accessible by ${by}`);
}

function notAuthorised(organisation: string): Refusal {
  return refuse(
    403,
    'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
    {},
    {
      'x-github-sso': `required; url=https://github.com/orgs/${organisation}/sso?authorization_request=A1B2C3`,
    },
  );
}

/**
 * GitHub takes no tree with a workflow in it from a token without the right: 404 without a word for a classic one
 * (https://github.com/gr2m/octokit-plugin-create-pull-request/issues/104), 403 for the others.
 */
export function checkWorkflows({ token, body }: Call): void {
  const entries = Array.isArray(body.tree) ? body.tree : [body];
  const touches = entries.some(
    (entry) =>
      isFields(entry) && typeof entry.path === 'string' && entry.path.startsWith('.github/workflows/'),
  );
  if (!touches || token === undefined) return;
  if (token.kind === 'classic') {
    if (token.scopes?.includes('workflow') !== true) throw notFound();
    return;
  }
  const need = { permission: 'workflows', level: 'write', scope: 'workflow' } as const;
  if (!holds(token, need)) throw notAllowed(token);
}
