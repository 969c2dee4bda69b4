import { gitText } from './git-process.ts';
import { refsOf } from './git-state.ts';
import { revealSecrets } from './seed.ts';
import type { GitHubDouble } from './start-github.ts';
import type { Repository } from './state.ts';

/** Everything that people would see of all repositories, without numbers and times: equal when the same was made. */
export async function fingerprint({ state }: GitHubDouble): Promise<unknown> {
  return Promise.all([...state.repositories.values()].map(fingerprintOf));
}

async function fingerprintOf(repository: Repository) {
  const { owner, name, description, visibility, archived, defaultBranch, folder } = repository;
  const refs = await refsOf(repository);
  const branches = refs.map(async ({ ref }) => ({
    ref,
    commits: await gitText(folder, ['log', '--format=%H %an %ae %aI %cn %cI %s', ref]),
    files: await gitText(folder, ['ls-tree', '-r', '-z', ref]),
  }));
  return {
    name: `${owner}/${name}`,
    ...{ description, visibility, archived, defaultBranch },
    settings: Object.fromEntries(repository.settings),
    teams: Object.fromEntries(repository.teams),
    variables: [...repository.variables.values()].map((one) => [one.name, one.value]),
    secrets: revealSecrets(repository),
    environments: [...repository.environments.values()].map((one) => ({
      name: one.name,
      policy: one.policy,
      branches: one.branchPolicies.map((policy) => [policy.type, policy.name]),
    })),
    rulesets: [...repository.rulesets.values()].map(
      ({ id: _id, createdAt: _made, updatedAt: _changed, ...rest }) => rest,
    ),
    pulls: repository.pulls.map(({ title, body, head, base, draft, state, comments }) => ({
      ...{ title, body, head, base, draft, state },
      comments: comments.map((comment) => comment.body),
    })),
    branches: await Promise.all(branches),
  };
}
