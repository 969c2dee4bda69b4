import type { GitHub } from '../api/github-client.ts';
import { unlessMissing } from '../creation/found-repository.ts';
import type { Place } from './github-content.ts';

/**
 * Branches that an environment lets in, by their names or patterns; none when it goes by another rule. Undefined when the
 * token may not see it.
 */
export async function readGitHubEnvironment(
  github: GitHub,
  place: Place,
  environment: string,
): Promise<readonly string[] | undefined> {
  const answer = await unlessMissing(
    github.request('GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies', {
      ...place,
      environment_name: environment,
      per_page: 100,
    }),
    403,
  );
  return answer?.data.branch_policies.flatMap(({ name }) => name ?? []);
}
