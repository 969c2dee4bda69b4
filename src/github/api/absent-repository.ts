import { ConfigError, ConnectionError, type HermesError } from '../../core/errors.ts';
import { nearest } from '../../core/suggest.ts';
import type { GitHub } from './github-client.ts';
import { missingRight, missingScopes, nameOf, type Right } from './missing-right.ts';
import type { RequestFailure } from './request-failure.ts';
import { unlessMissing } from './unless-missing.ts';

/** Pages of a hundred names; whoever looks for more has `gh repo list`. */
const PAGES = 3;

/** A repository that GitHub does not show, and who looked for it. */
export interface AbsentRepository {
  readonly github: GitHub;
  readonly owner: string;
  readonly name: string;
  /** Continues `Cannot …`. */
  readonly action: string;
  readonly right: Right;
  /** How to do without GitHub's answer. */
  readonly otherwise: string;
}

/**
 * Says why GitHub answers 404 of a repository. A classic token with the right scope sees what its person sees, so there
 * is none; of any other token only GitHub knows. Names a repository of the owner that is written nearly so.
 */
export async function absentRepository(
  absent: AbsentRepository,
  failure: RequestFailure,
): Promise<HermesError> {
  const { github, owner, name, action, right, otherwise } = absent;
  const names = await namesOf(github, owner);
  if (names === undefined)
    return new ConfigError(
      `Cannot ${action}: GitHub knows no organisation ${owner}, and nobody of that name.`,
      {
        code: 'HERMES_GITHUB_NO_ORGANISATION',
        nextStep: 'Correct --org.',
      },
    );
  const near = nearest(name, names);
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  const seesAll = missingScopes(right.scopes, failure.headers['x-oauth-scopes'])?.length === 0;
  if (seesAll)
    return new ConfigError(`Cannot ${action}: ${owner} has no repository ${name}.${meant}`, {
      code: 'HERMES_NO_REPOSITORY',
      nextStep: `Correct the name. If there is one, whoever made the token may not see it: ask an owner of ${owner}.`,
    });
  return new ConnectionError(
    `Cannot ${action}: ${owner} has no repository ${name}, or ${nameOf(github)} may not see it.${meant}`,
    {
      code: 'HERMES_GITHUB_NOT_ALLOWED',
      nextStep: `Correct the name. If there is one: ${missingRight(right, failure, github, owner)}\n${otherwise}`,
    },
  );
}

/** Names of an organisation's repositories; none of a person, or where they cannot be read. */
async function namesOf(github: GitHub, owner: string): Promise<readonly string[] | undefined> {
  try {
    let pages = 0;
    const words = { org: owner, sort: 'pushed', per_page: 100 } as const;
    const all = await unlessMissing(
      github.paginate('GET /orgs/{org}/repos', words, ({ data }, done) => {
        pages += 1;
        if (pages === PAGES) done();
        return data.map(({ name }) => name);
      }),
    );
    if (all !== undefined) return all;
    const person = await unlessMissing(github.request('GET /users/{username}', { username: owner }));
    return person === undefined ? undefined : [];
  } catch {
    // It would only have said more than the error that is on its way.
    return [];
  }
}
