import type { Json, JsonObject } from '../core/json.ts';
import { parseJson } from '../core/json.ts';
import type { ClusterPolicy } from './api.ts';
import { object, text } from './parse-run.ts';

/** A cluster as it may be sent under a policy, and what the policy would refuse in it. */
export interface FittedCluster {
  readonly cluster: JsonObject;
  /** One sentence per value that the policy does not allow. */
  readonly problems: readonly string[];
}

/**
 * Fits a cluster to its policy: leaves out every field that the policy fixes, since the workspace fills it in and
 * refuses other values, and the size where the policy sets another kind of size.
 * Rules: https://docs.databricks.com/aws/en/admin/clusters/policy-definition
 */
export function fitCluster(cluster: JsonObject, policy: ClusterPolicy): FittedCluster {
  const rules = rulesOf(policy);
  if (rules === undefined) {
    return {
      cluster,
      problems: [`policy ${policy.name} is malformed: its definition is not a JSON object.`],
    };
  }
  const sized = setsOtherSize(rules) ? without(cluster, 'autoscale') : cluster;
  const problems = [...flatten(sized)].flatMap(([path, value]) => {
    const rule = ruleFor(rules, path);
    const reason = rule === undefined || isOurSize(path, rule) ? undefined : refusal(rule, value);
    return reason === undefined
      ? []
      : [`${path} = ${JSON.stringify(value)} is refused: policy ${policy.name} ${reason}.`];
  });
  return { cluster: prune(sized, '', rules) as JsonObject, problems };
}

type Rules = ReadonlyMap<string, JsonObject>;

function rulesOf(policy: ClusterPolicy): Rules | undefined {
  try {
    const definition = parseJson(policy.definition);
    if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) return undefined;
    return new Map(Object.entries(definition).map(([path, rule]) => [path, object(rule)]));
  } catch {
    return undefined;
  }
}

/** A fixed or only number of workers leaves no room for autoscaling: both together are refused. */
function setsOtherSize(rules: Rules): boolean {
  return (
    typeOf(rules, 'num_workers') === 'fixed' ||
    typeOf(rules, 'autoscale.min_workers') === 'forbidden' ||
    typeOf(rules, 'autoscale.max_workers') === 'forbidden'
  );
}

function typeOf(rules: Rules, path: string): string {
  return text(rules.get(path)?.type);
}

/** The size is Hermes' own proposal, so a policy that fixes another one simply wins. */
function isOurSize(path: string, rule: JsonObject): boolean {
  return path.startsWith('autoscale.') && rule.type === 'fixed';
}

function ruleFor(rules: Rules, path: string): JsonObject | undefined {
  return rules.get(path) ?? rules.get(path.replace(/\.\d+(?=\.|$)/g, '.*'));
}

function refusal(rule: JsonObject, value: Json): string | undefined {
  const written = String(value);
  const values = (Array.isArray(rule.values) ? rule.values : []).map(String);
  switch (rule.type) {
    case 'fixed':
      return written === String(rule.value) ? undefined : `fixes it to ${JSON.stringify(rule.value)}`;
    case 'forbidden':
      return 'forbids it';
    case 'allowlist':
      return values.includes(written) ? undefined : `allows ${values.join(', ')}`;
    case 'blocklist':
      return values.includes(written) ? `excludes ${values.join(', ')}` : undefined;
    case 'range':
      return outOfRange(rule, Number(value));
    case 'regex':
      return matches(text(rule.pattern), written) ? undefined : `wants the pattern ${text(rule.pattern)}`;
    default:
      return undefined;
  }
}

function outOfRange(rule: JsonObject, value: number): string | undefined {
  const [least, most] = [rule.minValue, rule.maxValue];
  if (least !== undefined && !(value >= Number(least))) return `wants at least ${least}`;
  return most !== undefined && !(value <= Number(most)) ? `wants at most ${most}` : undefined;
}

/** A pattern that JavaScript cannot read is left to the workspace. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    return true;
  }
}

/** Leaves with their policy path; keys of maps keep their dots. */
function* flatten(value: Json, path = ''): Generator<[string, Json]> {
  if (typeof value !== 'object' || value === null) yield [path, value];
  else
    for (const [key, item] of Object.entries(value)) {
      yield* flatten(item as Json, path === '' ? key : `${path}.${key}`);
    }
}

/** The value without fixed leaves, and without the objects that become empty by it. */
function prune(value: Json, path: string, rules: Rules): Json | undefined {
  if (typeof value !== 'object' || value === null) return typeOf(rules, path) === 'fixed' ? undefined : value;
  if (Array.isArray(value)) return value;
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const rest = prune(item as Json, path === '' ? key : `${path}.${key}`, rules);
    return rest === undefined ? [] : [[key, rest] as const];
  });
  return kept.length === 0 && path !== '' ? undefined : Object.fromEntries(kept);
}

function without(cluster: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(cluster).filter(([name]) => name !== key));
}
