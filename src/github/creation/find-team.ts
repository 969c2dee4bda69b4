import { ConfigError, ConnectionError } from '../../core/errors.ts';
import { nearest } from '../../core/suggest.ts';
import type { GitHub } from '../api/github-client.ts';
import { githubFailure } from '../api/github-failure.ts';
import { missingRight, missingScopes } from '../api/missing-right.ts';
import { requestFailure } from '../api/request-failure.ts';
import { unlessMissing } from '../api/unless-missing.ts';

/** More are counted. */
const NAMED = 10;

/**
 * Makes sure that an organisation has a team, before anything is made.
 * @throws ConfigError with the names of those that it has; ConnectionError when the token may not see teams
 */
export async function expectTeam(github: GitHub, owner: string, team: string): Promise<void> {
  const failed = {
    github,
    owner,
    action: `find team ${team} in ${owner}`,
    right: { permissions: ['Members: read'], scopes: ['repo', 'workflow', 'read:org'] },
  };
  try {
    const found = await unlessMissing(
      github.request('GET /orgs/{org}/teams/{team_slug}', { org: owner, team_slug: team }),
    );
    if (found !== undefined) return expectScopes(github, owner, found.headers['x-oauth-scopes']);
    const all = await github.paginate('GET /orgs/{org}/teams', { org: owner, per_page: 100 });
    throw noTeam(
      github,
      owner,
      team,
      all.map(({ slug }) => slug),
    );
  } catch (error) {
    const failure = requestFailure(error);
    if (failure?.status !== 404 || failure.isPage) throw githubFailure(error, failed);
    if (await isPerson(github, owner)) throw notOfAPerson(owner);
    expectScopes(github, owner, failure.headers['x-oauth-scopes']);
    throw noOrganisation(github, owner, error);
  }
}

/** A classic token says with every answer what it may do; that of an App or a fine-grained one shows when it is used. */
function expectScopes(github: GitHub, owner: string, header: string | undefined): void {
  const right = { permissions: [], scopes: ['repo', 'workflow', 'read:org'] };
  if ((missingScopes(right.scopes, header) ?? []).length === 0) return;
  throw new ConnectionError(`Cannot create a repository in ${owner}: the token has not all the scopes.`, {
    code: 'HERMES_GITHUB_NOT_ALLOWED',
    nextStep: missingRight(right, { headers: { 'x-oauth-scopes': header } }, github, owner),
  });
}

function noTeam(github: GitHub, owner: string, team: string, slugs: readonly string[]): ConfigError {
  const near = nearest(team, slugs);
  const more = slugs.length > NAMED ? ` and ${slugs.length - NAMED} more` : '';
  const known = slugs.length === 0 ? 'It has none' : `Its teams: ${slugs.slice(0, NAMED).join(', ')}${more}`;
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  return new ConfigError(`Cannot let team ${team} push: ${owner} has no such team. ${known}.${meant}`, {
    code: 'HERMES_GITHUB_NO_TEAM',
    nextStep: `Correct --team, or name another one with --github-team, or make it: ${github.webUrl}/orgs/${owner}/new-team`,
  });
}

async function isPerson(github: GitHub, username: string): Promise<boolean> {
  try {
    return (await github.request('GET /users/{username}', { username })).data.type === 'User';
  } catch {
    // It would only have said more than the error that is on its way.
    return false;
  }
}

function notOfAPerson(owner: string): ConfigError {
  return new ConfigError(`Cannot make a repository for ${owner}: that is a person, who has no teams.`, {
    code: 'HERMES_GITHUB_NO_ORGANISATION',
    nextStep: 'Name an organisation with --org: its teams own the repositories.',
  });
}

function noOrganisation(github: GitHub, owner: string, cause: unknown): ConfigError {
  return new ConfigError(
    `Cannot find the organisation ${owner} [page=${github.webUrl}/${owner}]: there is none, or the token may not see its teams.`,
    {
      code: 'HERMES_GITHUB_NO_ORGANISATION',
      nextStep:
        'Correct --org. A classic token needs the scope read:org, any other the permission Members: read.',
      cause,
    },
  );
}
