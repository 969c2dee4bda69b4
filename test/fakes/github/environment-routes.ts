import { environmentOf } from './actions-routes.ts';
import { flag, object, optionalText, text } from './fields.ts';
import { noContent, notFound, ok, refuse } from './reply.ts';
import { seconds } from './repository-json.ts';
import {
  type Call,
  organisationPlan,
  paged,
  type Route,
  reads,
  repositoryOf,
  route,
  writes,
} from './route.ts';
import { makeKeyPair } from './sealed-secret.ts';
import type { Environment, Repository, State } from './state.ts';

const ENVIRONMENTS = '/repos/{owner}/{repo}/environments';
const ENVIRONMENT = `${ENVIRONMENTS}/{environment_name}`;
const POLICIES = `${ENVIRONMENT}/deployment-branch-policies`;

export const environmentRoutes: readonly Route[] = [
  route('GET', ENVIRONMENTS, reads('actions'), (call) => {
    const repository = repositoryOf(call);
    const { owner, name } = repository;
    const all = [...repository.environments.values()];
    const { items, total, headers } = paged(call, `/repos/${owner}/${name}/environments`, all);
    const environments = (items as Environment[]).map((one) =>
      describeEnvironment(call.state, repository, one),
    );
    return { status: 200, body: { total_count: total, environments }, headers };
  }),
  route('GET', ENVIRONMENT, reads('actions'), (call) =>
    ok(describeEnvironment(call.state, repositoryOf(call), environmentOf(call))),
  ),
  route('PUT', ENVIRONMENT, writes('administration'), putEnvironment),
  route('DELETE', ENVIRONMENT, writes('administration'), (call) => {
    repositoryOf(call).environments.delete(environmentOf(call).name.toLowerCase());
    return noContent;
  }),
  route('GET', POLICIES, reads('actions'), (call) => {
    const { branchPolicies } = customOf(call);
    return ok({ total_count: branchPolicies.length, branch_policies: branchPolicies });
  }),
  route('POST', POLICIES, writes('administration'), (call) => {
    const { branchPolicies } = customOf(call);
    const name = text(call.body, 'name');
    const type = optionalText(call.body, 'type') ?? 'branch';
    // Not listed as an error in the description: a second one of that name is answered by a redirect to the first.
    const old = branchPolicies.find((one) => one.name === name && one.type === type);
    if (old !== undefined)
      return {
        status: 303,
        headers: { location: `${call.state.apiUrl}/deployment-branch-policies/${old.id}` },
      };
    const policy = { id: call.state.nextId(), name, type };
    branchPolicies.push(policy);
    return ok(policy);
  }),
  route('DELETE', `${POLICIES}/{branch_policy_id}`, writes('administration'), (call) => {
    const { branchPolicies } = customOf(call);
    const at = branchPolicies.findIndex(({ id }) => String(id) === call.params.branch_policy_id);
    if (at < 0) throw notFound();
    branchPolicies.splice(at, 1);
    return noContent;
  }),
];

function customOf(call: Call): Environment {
  const environment = environmentOf(call);
  if (environment.policy?.custom_branch_policies !== true) throw notFound();
  return environment;
}

async function putEnvironment(call: Call) {
  const { state, params, body } = call;
  const repository = repositoryOf(call);
  const wanted = object(body, 'deployment_branch_policy');
  const isPrivate = repository.visibility !== 'public';
  const plan = organisationPlan(call, repository);
  const asksMore = (body.reviewers ?? null) !== null || Number(body.wait_timer ?? 0) > 0;
  // Free plans have no limits of private environments, team plans only that of branches
  // (https://github.com/integrations/terraform-provider-github/issues/1311).
  if (isPrivate && ((plan === 'free' && wanted !== undefined) || (plan !== 'enterprise' && asksMore))) {
    throw refuse(
      422,
      'Fail to create protected rule, please ensure billing plan include protected branch gate.',
    );
  }
  const policy =
    wanted === undefined
      ? null
      : {
          protected_branches: flag(wanted, 'protected_branches'),
          custom_branch_policies: flag(wanted, 'custom_branch_policies'),
        };
  if (policy !== null && policy.protected_branches === policy.custom_branch_policies) {
    throw refuse(422, 'protected_branches and custom_branch_policies cannot have the same value');
  }
  const name = params.environment_name ?? '';
  const old = repository.environments.get(name.toLowerCase());
  const environment = old ?? {
    id: state.nextId(),
    name,
    policy,
    branchPolicies: [],
    variables: new Map(),
    secrets: new Map(),
    keys: makeKeyPair(),
  };
  environment.policy = policy;
  if (policy?.custom_branch_policies !== true) environment.branchPolicies.splice(0);
  repository.environments.set(name.toLowerCase(), environment);
  return ok(describeEnvironment(state, repository, environment));
}

function describeEnvironment(
  state: State,
  { owner, name: repository, createdAt }: Repository,
  environment: Environment,
) {
  const { id, name, policy } = environment;
  const api = `${state.apiUrl}/repos/${owner}/${repository}/environments/${encodeURIComponent(name)}`;
  const rule = { id: id + 1, node_id: `G_${id}`, type: 'branch_policy' };
  return {
    id,
    node_id: `EN_${id}`,
    name,
    url: api,
    html_url: `${state.gitUrl}/${owner}/${repository}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: seconds(createdAt),
    updated_at: seconds(createdAt),
    protection_rules: policy === null ? [] : [rule],
    deployment_branch_policy: policy,
  };
}
