import type { FleetRepository, SeenRuleset } from './repository-fleet.ts';

/** An environment as GitHub's GraphQL has it; the branches that it lets in are told by REST alone. */
export interface EnvironmentNode {
  readonly name: string;
  readonly protectionRules: { readonly nodes: readonly { readonly type: string }[] } | null;
}

/** A ruleset as GitHub's GraphQL has it. */
export interface RulesetNode {
  readonly name: string;
  readonly enforcement: string;
  readonly conditions: {
    readonly refName: { readonly include: readonly string[]; readonly exclude: readonly string[] } | null;
  } | null;
  /** Null for a token that may not see them. */
  readonly bypassActors: { readonly nodes: readonly (BypassNode | null)[] } | null;
  readonly rules: { readonly nodes: readonly (RuleNode | null)[] } | null;
}

interface RuleNode {
  readonly type: string;
  readonly parameters: {
    readonly requiredStatusChecks?: readonly { readonly context: string }[];
    readonly requiredApprovingReviewCount?: number;
    readonly requireCodeOwnerReview?: boolean;
    readonly dismissStaleReviewsOnPush?: boolean;
  } | null;
}

interface BypassNode {
  readonly organizationAdmin: boolean;
  readonly enterpriseOwner: boolean;
  readonly deployKey: boolean;
  readonly repositoryRoleName: string | null;
  readonly actor: { readonly __typename: string } | null;
}

type SeenEnvironment = NonNullable<NonNullable<FleetRepository['settings']>['environments']>[number];

/** The environment that a node describes. */
export function environmentOf({ name, protectionRules }: EnvironmentNode): SeenEnvironment {
  const types = (protectionRules?.nodes ?? []).map(({ type }) => type);
  return {
    name,
    isLimited: types.includes('BRANCH_POLICY'),
    hasGuards: types.some((type) => type !== 'BRANCH_POLICY'),
  };
}

/** The ruleset that a node describes. */
export function rulesetOf({ name, enforcement, conditions, bypassActors, rules }: RulesetNode): SeenRuleset {
  const nodes = (rules?.nodes ?? []).filter((node) => node !== null);
  const pull = nodes.find(({ type }) => type === 'PULL_REQUEST')?.parameters;
  const checks = nodes.flatMap(({ parameters }) => parameters?.requiredStatusChecks ?? []);
  return {
    name,
    isActive: enforcement === 'ACTIVE',
    includes: conditions?.refName?.include ?? [],
    excludes: conditions?.refName?.exclude ?? [],
    rules: nodes.map(({ type }) => type.toLowerCase()),
    ...(pull ? { reviews: reviewsOf(pull) } : {}),
    checks: checks.map(({ context }) => context),
    ...(bypassActors ? { bypass: bypassActors.nodes.flatMap((one) => (one ? [bypassOf(one)] : [])) } : {}),
  };
}

function reviewsOf(parameters: NonNullable<RuleNode['parameters']>): NonNullable<SeenRuleset['reviews']> {
  return {
    approvals: parameters.requiredApprovingReviewCount ?? 0,
    byOwners: parameters.requireCodeOwnerReview === true,
    dropsStale: parameters.dismissStaleReviewsOnPush === true,
  };
}

function bypassOf(node: BypassNode): string {
  if (node.organizationAdmin) return 'organization admins';
  if (node.enterpriseOwner) return 'enterprise owners';
  if (node.deployKey) return 'deploy keys';
  if (node.repositoryRoleName !== null) return `role ${node.repositoryRoleName}`;
  return node.actor?.__typename === 'Team' ? 'a team' : 'an app';
}
