import type { SeenRuleset } from '../fleet/repository-fleet.ts';
import type { MergeRules } from '../repository-settings.ts';

/** Rules of a branch that need nothing more said, by GitHub's names. */
const PLAIN_RULES = ['deletion', 'non_fast_forward', 'pull_request'];

/**
 * What rulesets lack of the rules that are wanted for a branch, each as a noun: `rule pull_request`, `check "test"`. What
 * is stricter lacks nothing; what the host does not say is not judged. Pure.
 */
export function ruleFaults(
  rulesets: readonly SeenRuleset[],
  { approvals, checks }: MergeRules,
  branch: string,
): string[] {
  const active = rulesets.filter(({ isActive }) => isActive);
  if (active.length === 0) return ['enforcement'];
  const valid = active.filter((ruleset) => holdsFor(ruleset, branch));
  if (valid.length === 0) return [`validity for ${branch}`];
  const rules = new Set(valid.flatMap((ruleset) => ruleset.rules));
  const asked = new Set(valid.flatMap((ruleset) => ruleset.checks));
  const reviews = valid.flatMap((ruleset) => ruleset.reviews ?? []);
  const isReviewed = rules.has('pull_request');
  const most = Math.max(0, ...reviews.map((review) => review.approvals));
  return [
    ...PLAIN_RULES.filter((rule) => !rules.has(rule)).map((rule) => `rule ${rule}`),
    ...(isReviewed && most < approvals ? [`${approvals} review${approvals === 1 ? '' : 's'}`] : []),
    ...(isReviewed && !reviews.some(({ byOwners }) => byOwners) ? ['review by the code owners'] : []),
    ...(isReviewed && !reviews.some(({ dropsStale }) => dropsStale) ? ['end of stale reviews'] : []),
    ...checks.filter((check) => !asked.has(check)).map((check) => `check "${check}"`),
    ...[...new Set(valid.flatMap(({ bypass }) => bypass ?? []))].map((who) => `validity for ${who}`),
  ];
}

/** A pattern that may mean the branch counts as one that does. */
function holdsFor({ includes, excludes }: SeenRuleset, branch: string): boolean {
  const means = (name: string) => ['~ALL', '~DEFAULT_BRANCH', `refs/heads/${branch}`].includes(name);
  return includes.some((name) => means(name) || name.includes('*')) && !excludes.some(means);
}
