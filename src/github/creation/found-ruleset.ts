import type { SeenRuleset } from '../fleet/repository-fleet.ts';

/** As much of a ruleset as GitHub's REST API tells and is looked at here. */
interface RulesetReply {
  readonly name: string;
  readonly enforcement: string;
  readonly conditions?: object | null;
  readonly rules?: readonly { readonly type: string; readonly parameters?: object }[];
  /** Absent for a token that may not see them. */
  readonly bypass_actors?: readonly { readonly actor_type: string }[] | null;
}

/** A ruleset that stands. */
export function foundRuleset({
  name,
  enforcement,
  conditions,
  rules = [],
  bypass_actors: bypass,
}: RulesetReply): SeenRuleset {
  const parametersOf = (type: string): Readonly<Record<string, unknown>> | undefined => {
    const rule = rules.find((one) => one.type === type);
    return rule && { ...rule.parameters };
  };
  const pull = parametersOf('pull_request');
  const { ref_name: refs } = (conditions ?? {}) as {
    readonly ref_name?: { readonly include?: readonly string[]; readonly exclude?: readonly string[] };
  };
  return {
    name,
    isActive: enforcement === 'active',
    includes: refs?.include ?? [],
    excludes: refs?.exclude ?? [],
    rules: rules.map(({ type }) => type),
    ...(pull === undefined ? {} : { reviews: reviewsOf(pull) }),
    checks: checksOf(parametersOf('required_status_checks')),
    ...(bypass ? { bypass: bypass.map(({ actor_type: type }) => ACTORS[type] ?? 'somebody') } : {}),
  };
}

const ACTORS: Readonly<Record<string, string>> = {
  OrganizationAdmin: 'organization admins',
  EnterpriseOwner: 'enterprise owners',
  DeployKey: 'deploy keys',
  RepositoryRole: 'a role',
  Team: 'a team',
  Integration: 'an app',
};

function reviewsOf(parameters: Readonly<Record<string, unknown>>): NonNullable<SeenRuleset['reviews']> {
  return {
    approvals: Number(parameters.required_approving_review_count ?? 0),
    byOwners: parameters.require_code_owner_review === true,
    dropsStale: parameters.dismiss_stale_reviews_on_push === true,
  };
}

function checksOf(parameters: Readonly<Record<string, unknown>> | undefined): string[] {
  const checks = parameters?.required_status_checks;
  return Array.isArray(checks) ? checks.map((check: { readonly context: string }) => check.context) : [];
}
