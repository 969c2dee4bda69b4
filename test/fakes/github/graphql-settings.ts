import { isFields, object, objects, text, texts } from './fields.ts';
import type { Environment, Fields, Repository, Ruleset } from './state.ts';

/** Environments and rulesets as GraphQL has them. */
export function describeSettings({ environments, rulesets }: Repository) {
  return {
    environments: () => ({ nodes: [...environments.values()].map(describeEnvironment) }),
    rulesets: () => ({ nodes: [...rulesets.values()].map(describeRuleset) }),
  };
}

function describeEnvironment({ name, policy }: Environment) {
  const nodes = policy === null ? [] : [{ type: 'BRANCH_POLICY' }];
  return { name, protectionRules: () => ({ nodes }) };
}

function describeRuleset({ name, enforcement, conditions, rules, bypassActors }: Ruleset) {
  const refs = object(conditions, 'ref_name');
  return {
    name,
    enforcement: enforcement.toUpperCase(),
    conditions: {
      refName:
        refs === undefined ? null : { include: texts(refs, 'include'), exclude: texts(refs, 'exclude') },
    },
    bypassActors: () => ({ nodes: bypassActors.map(describeBypass) }),
    rules: () => ({
      nodes: rules.map((rule) => ({
        type: text(rule, 'type').toUpperCase(),
        parameters: parametersOf(rule),
      })),
    }),
  };
}

function describeBypass(actor: Fields) {
  const type = text(actor, 'actor_type');
  return {
    organizationAdmin: type === 'OrganizationAdmin',
    enterpriseOwner: type === 'EnterpriseOwner',
    deployKey: type === 'DeployKey',
    repositoryRoleName: type === 'RepositoryRole' ? 'maintain' : null,
    actor: type === 'Team' ? { __typename: 'Team' } : type === 'Integration' ? { __typename: 'App' } : null,
  };
}

function parametersOf({ type, parameters }: Fields) {
  if (!isFields(parameters)) return null;
  if (type === 'required_status_checks') {
    const checks = objects(parameters, 'required_status_checks');
    const requiredStatusChecks = checks.map((check) => ({ context: text(check, 'context') }));
    return { __typename: 'RequiredStatusChecksParameters', requiredStatusChecks };
  }
  if (type !== 'pull_request') return null;
  return {
    __typename: 'PullRequestParameters',
    requiredApprovingReviewCount: Number(parameters.required_approving_review_count ?? 0),
    requireCodeOwnerReview: parameters.require_code_owner_review === true,
    dismissStaleReviewsOnPush: parameters.dismiss_stale_reviews_on_push === true,
  };
}
