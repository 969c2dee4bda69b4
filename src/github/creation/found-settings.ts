import { readBranchPolicies } from '../api/branch-policies.ts';
import type { GitHub } from '../api/github-client.ts';
import type { RepositoryPlace } from '../api/repository-place.ts';
import { requestFailure } from '../api/request-failure.ts';
import { unlessMissing } from '../api/unless-missing.ts';
import type { SeenRuleset } from '../fleet/repository-fleet.ts';
import { type RepositorySettings, RULESET_NAME } from '../repository-settings.ts';
import { foundRuleset } from './found-ruleset.ts';

/** What GitHub keeps of a repository beyond its content, as far as it is wanted. */
export interface FoundSettings {
  /** Whether the team may push. */
  readonly isTeamsOwn: boolean;
  readonly variables: ReadonlyMap<string, string>;
  readonly secrets: ReadonlySet<string>;
  readonly environments: ReadonlyMap<string, FoundEnvironment>;
  /** Those of the name of ours. */
  readonly rulesets: readonly SeenRuleset[];
}

/** An environment that stands. */
interface FoundEnvironment {
  /** That it lets in; `protected`: those that have rules of their own. */
  readonly branches: 'any' | 'protected' | readonly string[];
  /** Whether somebody has to agree, or some time to pass. */
  readonly hasGuards: boolean;
}

/** A repository that was just made. */
export const NO_SETTINGS: FoundSettings = {
  isTeamsOwn: false,
  variables: new Map(),
  secrets: new Set(),
  environments: new Map(),
  rulesets: [],
};

/** Reads the settings that are wanted of a repository, side by side. */
export async function findSettings(
  github: GitHub,
  owner: string,
  repo: string,
  wanted: RepositorySettings,
): Promise<FoundSettings> {
  const place = { owner, repo };
  const [isTeamsOwn, variables, secrets, environments, rulesets] = await Promise.all([
    findTeam(github, place, wanted.team),
    isEmpty(wanted.variables) ? new Map<string, string>() : findVariables(github, place),
    isEmpty(wanted.secrets) ? new Set<string>() : findSecrets(github, place),
    findEnvironments(github, place),
    findRulesets(github, place),
  ]);
  return { isTeamsOwn, variables, secrets, environments, rulesets };
}

function isEmpty(entries: Readonly<Record<string, string>>): boolean {
  return Object.keys(entries).length === 0;
}

async function findTeam(github: GitHub, place: RepositoryPlace, team: string): Promise<boolean> {
  const answer = await unlessMissing(
    github.request('GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}', {
      ...place,
      org: place.owner,
      team_slug: team,
      headers: { accept: 'application/vnd.github.v3.repository+json' },
    }),
  );
  return answer?.data?.permissions?.push === true;
}

async function findVariables(github: GitHub, place: RepositoryPlace): Promise<Map<string, string>> {
  const all = await github.paginate('GET /repos/{owner}/{repo}/actions/variables', {
    ...place,
    per_page: 30,
  });
  return new Map(all.map(({ name, value }) => [name, value]));
}

async function findSecrets(github: GitHub, place: RepositoryPlace): Promise<Set<string>> {
  const all = await github.paginate('GET /repos/{owner}/{repo}/actions/secrets', { ...place, per_page: 100 });
  return new Set(all.map(({ name }) => name));
}

/** None where a plan or a server has none: making them will say so. */
async function findEnvironments(
  github: GitHub,
  place: RepositoryPlace,
): Promise<FoundSettings['environments']> {
  const all = await unlessMissing(
    github.request('GET /repos/{owner}/{repo}/environments', { ...place, per_page: 100 }),
  );
  const pairs = (all?.data.environments ?? []).map(async (one): Promise<[string, FoundEnvironment]> => {
    const { name, deployment_branch_policy: policy, protection_rules: rules = [] } = one;
    const hasGuards = rules.some(({ type }) => type !== 'branch_policy');
    if (policy?.custom_branch_policies !== true)
      return [name, { branches: policy ? 'protected' : 'any', hasGuards }];
    const branches = await readBranchPolicies(github, place, name);
    return [name, { branches, hasGuards }];
  });
  return new Map(await Promise.all(pairs));
}

async function findRulesets(github: GitHub, place: RepositoryPlace): Promise<readonly SeenRuleset[]> {
  try {
    const { data } = await github.request('GET /repos/{owner}/{repo}/rulesets', {
      ...place,
      includes_parents: false,
      per_page: 100,
    });
    const ours = data.filter(({ name }) => name === RULESET_NAME);
    return await Promise.all(
      ours.map(async ({ id }) => {
        const found = await github.request('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', {
          ...place,
          ruleset_id: id,
        });
        return foundRuleset(found.data);
      }),
    );
  } catch (error) {
    // Where there are none, making one will say so.
    if ([403, 404].includes(requestFailure(error)?.status ?? 0)) return [];
    throw error;
  }
}
