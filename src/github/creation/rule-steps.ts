import { GITHUB_API } from '../api/github-address.ts';
import { requestFailure } from '../api/request-failure.ts';
import type { EnvironmentSettings, MergeRules } from '../repository-settings.ts';
import { RULESET_NAME } from '../repository-settings.ts';
import { type CreationStep, call, type Target } from './creation-step.ts';
import type { FoundSettings } from './found-settings.ts';
import { ruleFaults } from './rule-faults.ts';

const ADMINISTRATION = { permissions: ['Administration: write'], scopes: ['repo'] };
// GitHub's words on a plan that lacks what is asked for; private repositories need a paid one.
const PLAN = /upgrade to github|billing plan/i;

/** An environment, and which branches deploy to it. */
export function environmentStep(
  owner: string,
  name: string,
  environment: EnvironmentSettings,
  branch: string,
  found: FoundSettings,
): CreationStep {
  const isLimited = environment.branches === 'default';
  const faults = environmentFaults(environment, branch, found);
  const path = `/repos/${owner}/${name}/environments/${environment.name}`;
  const base = {
    name: `environment ${environment.name}`,
    action: `make the environment ${environment.name} of ${owner}/${name}`,
    right: ADMINISTRATION,
  };
  if (faults.length > 0) return byHand(base, faults, `${owner}/${name}/settings/environments`);
  const there = found.environments.get(environment.name);
  const isDone = there !== undefined && (!isLimited || !isOpen(there.branches));
  const policy = isLimited ? [call('POST', `${path}/deployment-branch-policies`)] : [];
  // One that has its limit lacks but the branch: what else it is stays.
  const isBegun = there !== undefined && there.branches !== 'any';
  return {
    ...base,
    purpose: isLimited
      ? `${branch} alone deploys to ${environment.name}`
      : `every branch may use ${environment.name}`,
    calls: isDone ? [] : [...(isBegun ? [] : [call('PUT', path)]), ...policy],
    isDone,
    apply: (target) => makeEnvironment(target, environment, isBegun),
  };
}

/** Limited, but to no branch yet, or to none at all. */
function isOpen(branches: 'any' | 'protected' | readonly string[]): boolean {
  return branches === 'any' || branches.length === 0;
}

/** What stands, is weaker than wanted, and cannot be mended without undoing what somebody chose. */
function environmentFaults(
  { name, branches: wanted }: EnvironmentSettings,
  branch: string,
  { environments }: FoundSettings,
): string[] {
  const there = environments.get(name);
  if (there === undefined || wanted === 'any' || there.branches === 'protected') return [];
  if (there.branches === 'any') return there.hasGuards ? [`limit to ${branch}`] : [];
  return there.branches
    .filter((one) => one !== branch)
    .map((one) => `limit to ${branch}, since it lets in ${one}`);
}

/** What stands and is another person's choice: it is told, and never overwritten. */
function byHand(
  base: Pick<CreationStep, 'name' | 'action' | 'right'>,
  faults: readonly string[],
  page: string,
): CreationStep {
  const what = `it stands, but lacks: ${faults.join(', ')}. Hermes overwrites nothing; mend it on its page`;
  return {
    ...base,
    purpose: `${what}, ${page}`,
    calls: [],
    isDone: false,
    apply: async ({ github }) => `${what}: ${github.webUrl}/${page}`,
  };
}

async function makeEnvironment(
  target: Target,
  { name, branches }: EnvironmentSettings,
  isBegun: boolean,
): Promise<string | undefined> {
  const { github, owner, wanted, defaultBranch } = target;
  const place = { owner, repo: wanted.name, environment_name: name };
  const limit = { protected_branches: false, custom_branch_policies: true };
  try {
    if (!isBegun)
      await github.request('PUT /repos/{owner}/{repo}/environments/{environment_name}', {
        ...place,
        deployment_branch_policy: branches === 'default' ? limit : null,
      });
  } catch (error) {
    return notOffered(error, `secrets of ${name} are open to every branch`);
  }
  if (branches === 'default') {
    await github
      .request('POST /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies', {
        ...place,
        name: defaultBranch,
        // GitHub answers a branch that is there already by a redirect to it.
        request: { redirect: 'manual' },
      })
      .catch(ignoreRedirect);
  }
  return undefined;
}

function ignoreRedirect(error: unknown): void {
  if (requestFailure(error)?.status !== 303) throw error;
}

/** What must be true before a change enters the default branch; last, since it would stop the first commit, too. */
export function rulesStep(
  owner: string,
  name: string,
  rules: MergeRules,
  branch: string,
  { rulesets }: FoundSettings,
): CreationStep {
  const isDone = rulesets.length > 0;
  const faults = isDone ? ruleFaults(rulesets, rules, branch) : [];
  const base = {
    name: 'merge rules',
    action: `set the merge rules of ${owner}/${name}`,
    right: ADMINISTRATION,
  };
  if (faults.length > 0) return byHand(base, faults, `${owner}/${name}/settings/rules`);
  return {
    ...base,
    purpose: `a pull request, ${rules.approvals} review by the code owners, green CI: ${rules.checks.join(', ')}`,
    calls: isDone ? [] : [call('POST', `/repos/${owner}/${name}/rulesets`)],
    isDone,
    apply: async (target) => {
      try {
        await target.github.request('POST /repos/{owner}/{repo}/rulesets', {
          owner,
          repo: name,
          ...renderRuleset(rules),
        });
        return undefined;
      } catch (error) {
        // Ours, whose answer was lost.
        if (/must be unique/i.test(requestFailure(error)?.message ?? '')) return undefined;
        const consequence = `whoever may push can also push to ${target.defaultBranch}`;
        // Of a repository that takes content, 404 is said of the page alone: older servers have no rulesets.
        const isTooOld = requestFailure(error)?.status === 404 && target.github.apiUrl !== GITHUB_API;
        return isTooOld
          ? `this GitHub Enterprise Server has none, so ${consequence}`
          : notOffered(error, consequence);
      }
    },
  };
}

/** The ruleset as GitHub takes it (https://docs.github.com/en/rest/repos/rules#create-a-repository-ruleset). */
export function renderRuleset({ approvals, checks }: MergeRules) {
  return {
    name: RULESET_NAME,
    target: 'branch' as const,
    enforcement: 'active' as const,
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      { type: 'deletion' as const },
      { type: 'non_fast_forward' as const },
      {
        type: 'pull_request' as const,
        parameters: {
          required_approving_review_count: approvals,
          require_code_owner_review: true,
          dismiss_stale_reviews_on_push: true,
          require_last_push_approval: false,
          required_review_thread_resolution: false,
        },
      },
      {
        type: 'required_status_checks' as const,
        parameters: {
          required_status_checks: checks.map((context) => ({ context })),
          strict_required_status_checks_policy: false,
        },
      },
    ],
  };
}

/** Why a host does without it, and what follows. */
function notOffered(error: unknown, consequence: string): string {
  const failure = requestFailure(error);
  if (failure === undefined || ![403, 422].includes(failure.status) || !PLAN.test(failure.message))
    throw error;
  return `the plan of the organisation has none for private repositories, so ${consequence}`;
}
