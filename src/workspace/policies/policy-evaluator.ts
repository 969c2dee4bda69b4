import type { JsonObject } from '../../core/json.ts';
import { flattenCluster, mapEntry, type Scalar, withPaths } from './cluster-paths.ts';
import type { PolicyRule } from './policy-definition.ts';
import { concreteVersion } from './runtime-versions.ts';

/** Where a value of the effective cluster comes from. */
export type ValueSource = 'policy fixed' | 'policy default' | 'request';

/** A cluster after its policy. */
export interface EvaluatedCluster {
  readonly spec: JsonObject;
  /** Flat policy path → where its value comes from. */
  readonly sources: Readonly<Record<string, ValueSource>>;
  /** Every rule that the request breaks, worded as the jobs API words it; empty when the cluster may be made. */
  readonly violations: readonly string[];
}

export interface EvaluationOptions {
  /** `apply_policy_default_values` of the request. Fixed values are filled in either way. */
  readonly applyDefaults: boolean;
  /** A limiting rule without `isOptional` makes its attribute required. @defaultValue true */
  readonly limitsRequire?: boolean;
}

// Attributes that a policy may speak of but that are no part of a cluster spec.
const virtualPaths = new Set(['cluster_type', 'dbus_per_hour']);

/**
 * Applies a policy to the cluster of a job: fills fixed values, then defaults if asked, then checks every rule.
 * Pure. `dbus_per_hour` is not evaluated: the price of a node is not known here.
 * https://docs.databricks.com/admin/clusters/policy-definition.html
 */
export function evaluatePolicy(
  request: JsonObject,
  rules: readonly PolicyRule[],
  options: EvaluationOptions,
): EvaluatedCluster {
  const asked = flattenCluster(request);
  const sources: Record<string, ValueSource> = {};
  for (const path of asked.keys()) sources[path] = 'request';
  const fillings = new Map<string, Scalar>();
  for (const rule of rules.filter((candidate) => isFillable(candidate.path))) {
    const filling = fillingOf(rule, options.applyDefaults);
    if (rule.type === 'fixed' && same(asked.get(rule.path), rule.value)) sources[rule.path] = 'policy fixed';
    if (filling === undefined || asked.has(rule.path)) continue;
    fillings.set(rule.path, filling);
    sources[rule.path] = rule.type === 'fixed' ? 'policy fixed' : 'policy default';
  }
  const spec = withConcreteVersion(withPaths(request, fillings));
  const flat = flattenCluster(spec).set('cluster_type', 'job');
  const required = options.limitsRequire ?? true;
  return { spec, sources, violations: rules.flatMap((rule) => violationsOf(rule, rules, flat, required)) };
}

/** `auto:…` becomes the version that it stands for when the cluster is made. */
function withConcreteVersion(spec: JsonObject): JsonObject {
  const { spark_version } = spec;
  return typeof spark_version === 'string'
    ? { ...spec, spark_version: concreteVersion(spark_version) }
    : spec;
}

function fillingOf(rule: PolicyRule, applyDefaults: boolean): Scalar | undefined {
  if (rule.type === 'fixed') return rule.value;
  return applyDefaults ? rule.defaultValue : undefined;
}

// A list has ten elements; an index far beyond would make a list of that length.
function isFillable(path: string): boolean {
  const isFar = mapEntry(path) === undefined && path.split('.').some((part) => /^\d{3,}$/.test(part));
  return !virtualPaths.has(path) && !isWildcard(path) && !isFar;
}

function isWildcard(path: string): boolean {
  return mapEntry(path) === undefined && path.split('.').includes('*');
}

function violationsOf(
  rule: PolicyRule,
  rules: readonly PolicyRule[],
  flat: ReadonlyMap<string, Scalar>,
  limitsRequire: boolean,
): string[] {
  if (rule.path === 'dbus_per_hour') return [];
  const paths = matchingPaths(rule.path, rules, flat);
  if (paths.length === 0 && isWildcard(rule.path)) return [];
  if (paths.length === 0 && rule.path === 'cluster_log_conf.type' && refusal(rule, 'NONE') === undefined)
    return [];
  if (paths.length === 0) {
    const needed = rule.type === 'fixed' || (rule.type !== 'forbidden' && !rule.optional && limitsRequire);
    return needed ? [message(rule.path, 'must be present')] : [];
  }
  return paths.flatMap((path) => {
    const value = flat.get(path) as Scalar;
    const reason = refusal(rule, value);
    return reason === undefined ? [] : [message(path, reason, value, rule.type)];
  });
}

/** Paths of the cluster that a rule speaks of; an index rule takes its element away from a `*` rule. */
function matchingPaths(
  rulePath: string,
  rules: readonly PolicyRule[],
  flat: ReadonlyMap<string, Scalar>,
): string[] {
  const below = (path: string): boolean => path === rulePath || path.startsWith(`${rulePath}.`);
  if (!isWildcard(rulePath)) {
    return flat.has(rulePath) ? [rulePath] : mapEntry(rulePath) ? [] : [...flat.keys()].filter(below);
  }
  const shape = new RegExp(`^${rulePath.split('.').map(wildcardPart).join('\\.')}(?:\\.|$)`);
  return [...flat.keys()].filter(
    (path) =>
      shape.test(path) &&
      !rules.some(
        (other) => !isWildcard(other.path) && (path === other.path || path.startsWith(`${other.path}.`)),
      ),
  );
}

function wildcardPart(part: string): string {
  return part === '*' ? '\\d+' : part.replace(/[^A-Za-z0-9_]/g, '\\$&');
}

function refusal(rule: PolicyRule, value: Scalar): string | undefined {
  switch (rule.type) {
    case 'fixed':
      return same(value, rule.value) ? undefined : `must be ${rule.value}`;
    case 'forbidden':
      return 'must not be present';
    case 'allowlist':
      return rule.values.some((allowed) => same(value, allowed))
        ? undefined
        : `must be one of ${rule.values.join(', ')}`;
    case 'blocklist':
      return rule.values.some((blocked) => same(value, blocked))
        ? `must not be one of ${rule.values.join(', ')}`
        : undefined;
    case 'regex':
      return rule.pattern?.test(String(value)) === true
        ? undefined
        : `must match ${rule.pattern?.source.slice(4, -2)}`;
    case 'range':
      return rangeRefusal(rule, value);
    case 'unlimited':
      return undefined;
  }
}

function rangeRefusal(rule: PolicyRule, given: Scalar): string | undefined {
  const value = typeof given === 'boolean' || String(given).trim() === '' ? Number.NaN : Number(given);
  if (Number.isNaN(value)) return 'must be a number';
  if (rule.minValue !== undefined && value < rule.minValue) return `must be at least ${rule.minValue}`;
  if (rule.maxValue !== undefined && value > rule.maxValue) return `must be at most ${rule.maxValue}`;
  return undefined;
}

// The wording of the jobs API: `custom_tags, CostCenter must be x (is "y")`, `spark_version must be x (is "y")`;
// limits say `num_workers, the value must be at most 10`.
function message(path: string, reason: string, value?: Scalar, type?: PolicyRule['type']): string {
  const entry = mapEntry(path);
  const plain = type === undefined || type === 'fixed' ? path : `${path}, the value`;
  const subject = entry === undefined ? plain : `${entry.map}, ${entry.key}`;
  return `Validation failed for ${subject} ${reason}${value === undefined ? '' : ` (is "${value}")`}`;
}

function same(a: Scalar | undefined, b: Scalar | undefined): boolean {
  return a !== undefined && b !== undefined && concreteVersion(String(a)) === concreteVersion(String(b));
}
