import type { JsonObject } from '../../core/json.ts';
import { isProposal } from './choose-size.ts';
import { flattenCluster, type Scalar, withoutValues, withValues } from './cluster-attributes.ts';
import { findShapeViolations } from './cluster-shape.ts';
import { judgeCluster } from './judge-cluster.ts';
import { isSame, type PolicyRules } from './policy-rule.ts';
import type { PolicyViolation } from './policy-violation.ts';

/** Where a value of a cluster comes from. */
export type ValueSource = 'policy' | 'policy default' | 'request';

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
  const appliesDefaults = String(cluster.apply_policy_default_values) === 'true';
  const sized = options.size === 'as asked' ? cluster : withSize(cluster, rules, appliesDefaults);
  const flat = flattenCluster(sized);
  const { filled, sources, dropped } = fill(rules, flat, appliesDefaults);
  const { apply_policy_default_values: _consumed, ...made } = withValues(sized, filled);
  const attributes = attributesOf(made, flat, filled);
  const found = judgeCluster(rules, attributes, appliesDefaults);
  const limit = rules.byPath.get('dbus_per_hour')?.maxValue;
  return {
    request: withoutValues(sized, dropped),
    cluster: made,
    sources: Object.fromEntries(sources),
    violations: withShape(found.violations, attributes, sources),
    unjudged: found.unjudged,
    ...(limit === undefined ? {} : { dbusPerHourAtMost: limit }),
  };
}

/** The cluster's attributes; filled parts of a log destination decide together whether there is one. */
function attributesOf(
  made: JsonObject,
  asked: ReadonlyMap<string, Scalar>,
  filled: ReadonlyMap<string, Scalar>,
): ReadonlyMap<string, Scalar> {
  for (const path of filled.keys()) if (path.startsWith('cluster_log_conf.')) return flattenCluster(made);
  return filled.size === 0 ? asked : new Map([...asked, ...filled]);
}

/** What no cluster can do without comes behind what the policy says of the same attributes. */
function withShape(
  violations: readonly PolicyViolation[],
  attributes: ReadonlyMap<string, Scalar>,
  sources: ReadonlyMap<string, ValueSource>,
): readonly PolicyViolation[] {
  const known = new Set(violations.map(({ path }) => path));
  const shape = findShapeViolations(attributes, (path) => sources.get(path) === 'request');
  return [...violations, ...shape.filter(({ path }) => !known.has(path))];
}

/** What the policy adds to a request, and where each value comes from. */
function fill(rules: PolicyRules, flat: ReadonlyMap<string, Scalar>, appliesDefaults: boolean) {
  const filled = new Map<string, Scalar>();
  const sources = new Map<string, ValueSource>();
  for (const path of flat.keys()) sources.set(path, 'request');
  const dropped = new Set<string>();
  for (const { path, type, value, defaultValue } of rules.fillable) {
    const present = flat.get(path);
    const isFixed = type === 'fixed';
    if (present !== undefined) {
      if (!isFixed || !isSame(present, value)) continue;
      dropped.add(path);
      sources.set(path, 'policy');
      continue;
    }
    const given = isFixed ? value : appliesDefaults ? defaultValue : undefined;
    if (given === undefined) continue;
    filled.set(path, given);
    sources.set(path, isFixed ? 'policy' : 'policy default');
  }
  return { filled, sources, dropped };
}

/** Leaves a size that someone chose; else puts the nearest in its place that the policy allows. */
function withSize(cluster: JsonObject, rules: PolicyRules, appliesDefaults: boolean): JsonObject {
  const { autoscale, num_workers, ...rest } = cluster;
  if ((num_workers ?? null) !== null) return cluster;
  const asked = flattenCluster({ autoscale: autoscale ?? null });
  return asked.size === 0 || isProposal(asked)
    ? withValues(rest, appliesDefaults ? rules.sizeWithDefaults : rules.size)
    : cluster;
}
