import type { Json, JsonObject } from '../core/json.ts';
import { chooseSize } from './choose-size.ts';
import {
  flattenCluster,
  isAttribute,
  type Scalar,
  VIRTUAL,
  withoutValues,
  withValues,
} from './cluster-attributes.ts';
import { isSame, isWildcard, judge, type PolicyRule, type PolicyRules } from './policy-rule.ts';
import { describeFix, describeRule } from './policy-words.ts';

/** Where a value of a cluster comes from. */
export type ValueSource = 'policy' | 'policy default' | 'request';

/** A value that a policy refuses, or the lack of one that it wants. */
export interface PolicyViolation {
  /** Policy path of the attribute: `spark_env_vars.MODE`. */
  readonly path: string;
  /** Absent when the attribute is. */
  readonly value?: Json;
  /** The rule in words: `is fixed to 2`. */
  readonly rule: string;
  /** Smallest edit of the request that passes: `Leave it out: the policy fills it in.` */
  readonly fix: string;
}

/** A cluster after its policy. */
export interface EvaluatedCluster {
  /** What to send: without the fields that the policy fixes, and without a size where the policy sets another kind. */
  readonly request: JsonObject;
  /** The cluster as the workspace will make it. */
  readonly cluster: JsonObject;
  /** By flat policy path. */
  readonly sources: Readonly<Record<string, ValueSource>>;
  /** Empty when the workspace will take the request. */
  readonly violations: readonly PolicyViolation[];
  /** What only the workspace can judge, as sentences. */
  readonly unjudged: readonly string[];
  /** From `dbus_per_hour`'s maxValue; absent where the policy gives none. */
  readonly dbusPerHourAtMost?: number;
}

export interface EvaluationOptions {
  /**
   * `propose`: where the request gives no size, or the 1–2 workers that Hermes proposes, the nearest size that the
   * policy allows. `as asked`: the size stays.
   * @defaultValue propose
   */
  readonly size?: 'propose' | 'as asked';
}

/**
 * Applies a policy to the `new_cluster` of a job as the workspace will: fixed values, then defaults when the request
 * asks for them (`apply_policy_default_values`), then every rule. Pure.
 * https://docs.databricks.com/aws/en/admin/clusters/policy-definition
 */
export function evaluatePolicy(
  cluster: JsonObject,
  rules: PolicyRules,
  options: EvaluationOptions = {},
): EvaluatedCluster {
  const applyDefaults = String(cluster.apply_policy_default_values) === 'true';
  const sized = options.size === 'as asked' ? cluster : withSize(cluster, rules, applyDefaults);
  const flat = flattenCluster(sized);
  const sources = new Map<string, ValueSource>([...flat.keys()].map((path) => [path, 'request']));
  const filled = new Map<string, Scalar>();
  for (const rule of rules.all) {
    if (!isAttribute(rule.path) || isWildcard(rule.path)) continue;
    const present = flat.get(rule.path);
    if (present !== undefined) {
      if (rule.type === 'fixed' && isSame(present, rule.value)) sources.set(rule.path, 'policy');
      continue;
    }
    const value = rule.type === 'fixed' ? rule.value : applyDefaults ? rule.defaultValue : undefined;
    if (value === undefined) continue;
    filled.set(rule.path, value);
    sources.set(rule.path, rule.type === 'fixed' ? 'policy' : 'policy default');
  }
  const { apply_policy_default_values: _consumed, ...made } = withValues(sized, filled);
  const found = findViolations(rules, new Map([...flat, ...filled]).set('cluster_type', 'job'));
  const limit = rules.byPath.get('dbus_per_hour')?.maxValue;
  return {
    request: withoutValues(sized, (path) => sources.get(path) === 'policy'),
    cluster: made,
    sources: Object.fromEntries(sources),
    violations: found.violations,
    unjudged: found.unjudged,
    ...(limit === undefined ? {} : { dbusPerHourAtMost: limit }),
  };
}

function withSize(cluster: JsonObject, rules: PolicyRules, applyDefaults: boolean): JsonObject {
  const { autoscale, num_workers, ...rest } = cluster;
  const asked = flattenCluster({ autoscale: autoscale ?? null });
  const isOurs =
    (num_workers ?? null) === null &&
    (asked.size === 0 ||
      (asked.size === 2 &&
        isSame(asked.get('autoscale.min_workers') ?? '', 1) &&
        isSame(asked.get('autoscale.max_workers') ?? '', 2)));
  return isOurs ? withValues(rest, chooseSize(rules, applyDefaults)) : cluster;
}

interface Found {
  readonly violations: PolicyViolation[];
  readonly unjudged: string[];
}

function findViolations(rules: PolicyRules, flat: ReadonlyMap<string, Scalar>): Found {
  const found: Found = { violations: [], unjudged: [] };
  for (const rule of rules.all) {
    if (rule.path === 'dbus_per_hour') continue;
    const paths = pathsOf(rule, rules, flat);
    for (const path of paths) check(rule, path, flat.get(path) as Scalar, found);
    const isNeeded = rule.type !== 'forbidden' && !rule.isOptional;
    if (paths.length === 0 && isNeeded && !isWildcard(rule.path))
      found.violations.push({ path: rule.path, rule: 'must be present', fix: describeFix(rule, undefined) });
  }
  return found;
}

function check(rule: PolicyRule, path: string, value: Scalar, found: Found): void {
  const verdict = judge(rule, value);
  if (verdict === 'refused')
    found.violations.push({ path, value, rule: describeRule(rule), fix: describeFix(rule, value) });
  if (verdict === 'unknown')
    found.unjudged.push(`${path} = ${JSON.stringify(String(value))} ${describeRule(rule)}`);
}

/** Paths of the cluster that a rule speaks of. A rule for an index takes its element away from a `*`. */
function pathsOf(rule: PolicyRule, rules: PolicyRules, flat: ReadonlyMap<string, Scalar>): string[] {
  if (flat.has(rule.path)) return [rule.path];
  if (VIRTUAL.includes(rule.path)) return [];
  const wildcard = rules.wildcards.find((one) => one.rule === rule);
  if (wildcard === undefined) return [...flat.keys()].filter((path) => path.startsWith(`${rule.path}.`));
  return [...flat.keys()].filter(
    (path) => wildcard.shape.test(path) && !rules.all.some((other) => isExactRuleOf(other, path)),
  );
}

function isExactRuleOf(rule: PolicyRule, path: string): boolean {
  return !isWildcard(rule.path) && (path === rule.path || path.startsWith(`${rule.path}.`));
}
