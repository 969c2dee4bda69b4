import { type CreationStep, call } from './creation-step.ts';
import { sendWhenThere } from './send-when-there.ts';

/** Gives the default branch the wanted name, while nothing but GitHub's own commit is on it. */
export function branchStep(owner: string, name: string, is: string, wanted: string): CreationStep {
  const isDone = is === wanted;
  return {
    name: 'default branch',
    purpose: `the default branch is called ${wanted}`,
    action: `call the default branch of ${owner}/${name} ${wanted}`,
    right: { permissions: ['Administration: write', 'Contents: write'], scopes: ['repo'] },
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
