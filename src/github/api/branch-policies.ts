import type { GitHub } from './github-client.ts';
import type { RepositoryPlace } from './repository-place.ts';

/** Branches that an environment lets in, by their names or patterns. Throws octokit's `RequestError`. */
export async function readBranchPolicies(
  github: GitHub,
  place: RepositoryPlace,
  environment: string,
): Promise<string[]> {
  const { data } = await github.request(
    'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies',
    { ...place, environment_name: environment, per_page: 100 },
  );
  return data.branch_policies.flatMap(({ name }) => name ?? []);
}
