import { type CreationStep, call, leftAlone } from './creation-step.ts';
import { sendWhenThere } from './send-when-there.ts';

/**
 * Gives the default branch the wanted name, while nothing but GitHub's own commit is on it.
 * @param hasContent Whether people may work on it.
 */
export function branchStep(
  owner: string,
  name: string,
  is: string,
  wanted: string,
  hasContent: boolean,
): CreationStep {
  const isDone = is === wanted;
  const base = {
    name: 'default branch',
    action: `call the default branch of ${owner}/${name} ${wanted}`,
    right: { permissions: ['Administration: write', 'Contents: write'], scopes: ['repo'] },
  };
  if (hasContent && !isDone) return leftAlone(base, `it is called ${is}, and stays`);
  return {
    ...base,
    purpose: `the default branch is called ${wanted}`,
    calls: isDone ? [] : [call('POST', `/repos/${owner}/${name}/branches/${is}/rename`)],
    isDone,
    apply: async (target) => {
      const { github } = target;
      if (target.defaultBranch === wanted) return undefined;
      await sendWhenThere(target, async () => {
        const { data } = await github.request('GET /repos/{owner}/{repo}', { owner, repo: name });
        if (data.default_branch === wanted) return;
        const branch = data.default_branch;
        const route = 'POST /repos/{owner}/{repo}/branches/{branch}/rename';
        await github.request(route, { owner, repo: name, branch, new_name: wanted });
      });
      target.defaultBranch = wanted;
      return undefined;
    },
  };
}
