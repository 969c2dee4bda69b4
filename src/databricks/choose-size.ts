import type { Scalar } from './cluster-attributes.ts';
import { judge, numberOf, type PolicyRule, type PolicyRules } from './policy-rule.ts';

/** One worker, and a second one when there is work for it. */
const PROPOSAL = { least: 1, most: 2 } as const;
const MIN = 'autoscale.min_workers';
const MAX = 'autoscale.max_workers';
const FIXED = 'num_workers';
// Beyond the bounds and lists that a policy names, sizes are tried up to here.
const TRIED = 100;

/** Policy paths of a size with their values. */
export type Size = ReadonlyMap<string, Scalar>;

/**
 * The size to ask for where the request leaves it to Hermes: 1 to 2 workers, or the nearest that the policy allows.
 * A policy that sets another kind of size wins: then it is a number of workers, or nothing where the policy fixes it.
 * @param applyDefaults Whether the workspace will fill in default values, so that a default of the other kind clashes.
 */
export function chooseSize(rules: PolicyRules, applyDefaults: boolean): Size {
  const [min, max, workers] = [MIN, MAX, FIXED].map((path) => rules.byPath.get(path));
  const rangeComes = isGiven(min, applyDefaults) || isGiven(max, applyDefaults);
  if (!isGiven(workers, applyDefaults) && min?.type !== 'forbidden' && max?.type !== 'forbidden') {
    const range = nearestRange(min, max);
    if (range !== undefined) return range;
  }
  if (!rangeComes && workers?.type !== 'forbidden') {
    const [count] = allowedSizes(workers).sort((a, b) => cost(a, PROPOSAL.least) - cost(b, PROPOSAL.least));
    if (count !== undefined) return new Map([[FIXED, count]]);
  }
  return new Map([
    [MIN, PROPOSAL.least],
    [MAX, PROPOSAL.most],
  ]);
}

/** True when the cluster will have the attribute whatever the request says, or must have it. */
function isGiven(rule: PolicyRule | undefined, applyDefaults: boolean): boolean {
  if (rule === undefined || rule.type === 'forbidden') return false;
  return rule.type === 'fixed' || !rule.isOptional || (applyDefaults && rule.defaultValue !== undefined);
}

/** The documentation wants the upper end above the lower one; equal ends are the last resort. */
function nearestRange(min: PolicyRule | undefined, max: PolicyRule | undefined): Size | undefined {
  let best: { least: number; most: number; cost: number } | undefined;
  for (const least of allowedSizes(min))
    for (const most of allowedSizes(max)) {
      if (most < least) continue;
      const total =
        cost(least, PROPOSAL.least) + cost(most, PROPOSAL.most) + (most === least ? 1_000_000 : 0);
      if (best === undefined || total < best.cost) best = { least, most, cost: total };
    }
  if (best === undefined) return undefined;
  return new Map([
    [MIN, best.least],
    [MAX, best.most],
  ]);
}

/** Distance, and with equal distance the smaller cluster. */
function cost(size: number, wanted: number): number {
  return Math.abs(size - wanted) + (size > wanted ? 0.5 : 0);
}

/** Sizes to try under a rule: small ones and those that the rule itself names. */
function allowedSizes(rule: PolicyRule | undefined): number[] {
  if (rule === undefined) return [PROPOSAL.least, PROPOSAL.most];
  const named = [rule.value, ...rule.values, rule.minValue, rule.maxValue, rule.defaultValue];
  const tried = Array.from({ length: TRIED + 1 }, (_, index) => index);
  const sizes = [...named.flatMap((one) => [numberOf(one) ?? -1]), ...tried];
  const fits = (size: number): boolean => {
    if (!Number.isInteger(size) || size < (rule.type === 'fixed' ? 0 : 1)) return false;
    return judge(rule, size) !== 'refused';
  };
  return [...new Set(sizes)].filter(fits);
}
