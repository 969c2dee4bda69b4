import { readBranchPolicies } from '../api/branch-policies.ts';
import type { GitHub } from '../api/github-client.ts';
import type { RepositoryPlace } from '../api/repository-place.ts';
import { unlessMissing } from '../api/unless-missing.ts';

/**
 * Branches that an environment lets in, by their names or patterns; none when it goes by another rule. Undefined when the
 * token may not see it.
 */
export async function readGitHubEnvironment(
  github: GitHub,
  place: RepositoryPlace,
  environment: string,
): Promise<readonly string[] | undefined> {
  return unlessMissing(readBranchPolicies(github, place, environment), 403);
}
