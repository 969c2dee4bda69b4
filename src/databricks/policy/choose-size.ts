import type { Scalar } from './cluster-attributes.ts';
import { judge, numberOf, type PolicyRule } from './policy-rule.ts';

/** One worker, and a second one when there is work for it. */
const PROPOSAL = { least: 1, most: 2 } as const;
const MIN = 'autoscale.min_workers';
const MAX = 'autoscale.max_workers';
const FIXED = 'num_workers';
// Beyond the bounds and lists that a policy names, sizes are tried up to here.
const TRIED = 100;
const LAST_RESORT = 1_000_000;

/** Policy paths of a size with their values. */
export type Size = ReadonlyMap<string, Scalar>;

/** Whether flat attributes of a size are Hermes' own proposal. */
export function isProposal(size: Size): boolean {
  return (
    size.size === 2 &&
    String(size.get(MIN)) === String(PROPOSAL.least) &&
    String(size.get(MAX)) === String(PROPOSAL.most)
  );
}

/**
 * The size to ask for where the request leaves it to Hermes: 1 to 2 workers, or the nearest that the policy allows.
 * A policy that sets another kind of size wins: then it is a number of workers, or nothing where the policy fixes it.
 * @param applyDefaults Whether the workspace will fill in default values, so that a default of the other kind clashes.
 */
export function chooseSize(rules: ReadonlyMap<string, PolicyRule>, applyDefaults: boolean): Size {
  const [min, max, workers] = [MIN, MAX, FIXED].map((path) => rules.get(path));
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
  let best: { readonly size: Size; readonly cost: number } | undefined;
  for (const least of allowedSizes(min))
    for (const most of max === undefined ? [Math.max(PROPOSAL.most, least + 1)] : allowedSizes(max)) {
      if (most < least) continue;
      const total =
        cost(least, PROPOSAL.least) + cost(most, PROPOSAL.most) + (most === least ? LAST_RESORT : 0);
      if (best !== undefined && total >= best.cost) continue;
      best = {
        size: new Map([
          [MIN, least],
          [MAX, most],
        ]),
        cost: total,
      };
    }
  return best?.size;
}

/** Distance, and with equal distance the smaller cluster; no worker at all only where the policy allows nothing else. */
function cost(size: number, wanted: number): number {
  if (size === 0) return LAST_RESORT;
  return Math.abs(size - wanted) + (size > wanted ? 0.5 : 0);
}

/** Sizes to try under a rule: small ones and those that the rule itself names. */
function allowedSizes(rule: PolicyRule | undefined): number[] {
  if (rule === undefined) return [PROPOSAL.least];
  const named = [rule.value, ...rule.values, rule.minValue, rule.maxValue, rule.defaultValue];
  const tried = Array.from({ length: TRIED + 1 }, (_, index) => index);
  const sizes = [...named.flatMap((one) => [numberOf(one) ?? -1]), ...tried];
  const fits = (size: number): boolean => {
    if (!Number.isInteger(size) || size < 0) return false;
    return judge(rule, size) !== 'refused';
  };
  return [...new Set(sizes)].filter(fits);
}
