import type { GitHub } from './github-client.ts';
import type { RequestFailure } from './request-failure.ts';

/** What a request needs, in the words of each kind of token. */
export interface Right {
  /** Of Apps and fine-grained tokens: `Administration: write`. */
  readonly permissions: readonly string[];
  /** Of classic tokens. */
  readonly scopes: readonly string[];
}

/** What is missing, and the page where it is granted: two sentences. */
export function missingRight(
  right: Right,
  failure: Pick<RequestFailure, 'headers'>,
  github: GitHub,
  owner: string,
): string {
  const isGranted = missingScopes(right.scopes, failure.headers['x-oauth-scopes'])?.length === 0;
  const page = isGranted ? `Ask an owner of ${owner}.` : grantPage(github, owner, right);
  return `${whatIsMissing(right, failure, github)} ${page}`;
}

function whatIsMissing(right: Right, { headers }: Pick<RequestFailure, 'headers'>, github: GitHub): string {
  const missing = missingScopes(right.scopes, headers['x-oauth-scopes']);
  if (missing === undefined) {
    const asked = permissionsAsked(headers) ?? [];
    // Of a tree GitHub asks for the least, and not for what a workflow in it needs.
    const isPart = asked.every((one) => right.permissions.includes(one));
    return `It needs ${listed(isPart ? right.permissions : asked)}.`;
  }
  if (missing.length > 0) return `${sentence(nameOf(github))} lacks the scope ${listed(missing)}.`;
  return `${sentence(nameOf(github))} has the scopes, so whoever made it lacks the right in the organisation itself.`;
}

/**
 * Scopes that a classic token lacks; undefined for other tokens, which have permissions instead.
 * @param header `X-OAuth-Scopes`, which GitHub sends with every answer
 */
export function missingScopes(
  wanted: readonly string[],
  header: string | undefined,
): readonly string[] | undefined {
  if (header === undefined) return undefined;
  const scopes = header.split(',').map((scope) => scope.trim());
  return wanted.filter((scope) => !holds(scopes, scope));
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#insufficient-permissions */
function permissionsAsked(headers: RequestFailure['headers']): string[] | undefined {
  const [first] = headers['x-accepted-github-permissions']?.split(';') ?? [];
  if (first === undefined || first.trim() === '') return undefined;
  return first.split(',').map((one) => {
    const [name = '', level = ''] = one.trim().split('=');
    // The page for people calls this one "Variables".
    const words = name.replace(/^actions_(?=variables$)/, '').replaceAll('_', ' ');
    return `${sentence(words)}: ${level}`;
  });
}

/** A wider scope holds narrower ones (https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps). */
function holds(scopes: readonly string[], scope: string): boolean {
  const wider: Readonly<Record<string, readonly string[]>> = { 'read:org': ['write:org', 'admin:org'] };
  return scopes.includes(scope) || (wider[scope] ?? []).some((one) => scopes.includes(one));
}

/** Where a credential gets its rights. */
function grantPage({ credential, webUrl }: GitHub, owner: string, { scopes }: Right): string {
  const installations = `${webUrl}/organizations/${owner}/settings/installations`;
  if (credential.kind === 'app')
    return `Grant it, for all repositories, and have it approved: ${installations}`;
  const { token, source } = credential;
  if (token.startsWith('ghs_')) {
    return `Let the App have it for all repositories: ${installations} (the token of a workflow, github.token, cannot have it)`;
  }
  if (source === 'gh auth token') return `Add it: gh auth refresh --scopes ${scopes.join(',')}`;
  if (token.startsWith('github_pat_')) return `Edit the token at ${webUrl}/settings/personal-access-tokens`;
  return `Edit the token at ${webUrl}/settings/tokens`;
}

/** A credential for people: `the token of GH_TOKEN`. */
export function nameOf({ credential }: GitHub): string {
  return credential.kind === 'app'
    ? `the GitHub App ${credential.appId}`
    : `the token of ${credential.source}`;
}

function listed(words: readonly string[]): string {
  return words.join(' and ');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
