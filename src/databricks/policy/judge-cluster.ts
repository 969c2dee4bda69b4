import { redactAttribute } from '../../core/redaction.ts';
import { type Scalar, VIRTUAL } from './cluster-attributes.ts';
import { judge, type PolicyRule, type PolicyRules } from './policy-rule.ts';
import type { PolicyViolation } from './policy-violation.ts';
import { describeFix, describeRule, shown } from './policy-words.ts';

/** What the rules of a policy say about a cluster. */
export interface Judgement {
  readonly violations: readonly PolicyViolation[];
  /** What only the workspace can judge, as sentences. */
  readonly unjudged: readonly string[];
}

/**
 * Holds every rule against the attributes of a job cluster, filled values included. `dbus_per_hour` is left to the
 * workspace, which knows what a machine costs.
 * @param appliesDefaults Whether the request asks for default values, for the words only.
 */
export function judgeCluster(
  rules: PolicyRules,
  attributes: ReadonlyMap<string, Scalar>,
  appliesDefaults: boolean,
): Judgement {
  const violations: PolicyViolation[] = [];
  const unjudged: string[] = [];
  for (const rule of rules.all) {
    if (rule.path === 'dbus_per_hour') continue;
    const found = attributesOf(rule, rules, attributes);
    for (const [path, value] of found) {
      const verdict = judge(rule, value);
      if (verdict === 'unknown') unjudged.push(unjudgedText(rule, path, value));
      if (verdict === 'refused')
        violations.push({
          path,
          value,
          rule: describeRule(rule),
          fix: describeFix(rule, value, appliesDefaults),
        });
    }
    if (found.length === 0 && isNeeded(rule, rules))
      violations.push({
        path: rule.path,
        rule: 'must be present',
        fix: describeFix(rule, undefined, appliesDefaults),
      });
  }
  return { violations, unjudged };
}

/** A limiting element makes its attribute required unless it says `isOptional`. */
function isNeeded(rule: PolicyRule, rules: PolicyRules): boolean {
  if (rule.type === 'forbidden' || rule.isOptional || rules.wildcards.has(rule)) return false;
  // A cluster without log delivery has the type NONE.
  return rule.path !== 'cluster_log_conf.type' || judge(rule, 'NONE') === 'refused';
}

/** The attributes that a rule speaks of. A rule for an index takes its element away from a `*`. */
function attributesOf(
  rule: PolicyRule,
  rules: PolicyRules,
  attributes: ReadonlyMap<string, Scalar>,
): readonly (readonly [string, Scalar])[] {
  const own = rule.path === 'cluster_type' ? 'job' : attributes.get(rule.path);
  if (own !== undefined) return [[rule.path, own]];
  const shape = rules.wildcards.get(rule);
  if (shape !== undefined)
    return [...attributes].filter(
      ([path]) => shape.test(path) && !rules.all.some((other) => speaksOf(other, path, rules)),
    );
  if (!rules.groups.has(rule) || VIRTUAL.includes(rule.path)) return [];
  return [...attributes].filter(([path]) => path.startsWith(`${rule.path}.`));
}

/** Every rule that speaks of an attribute, whether a cluster has it or not. */
export function rulesFor(rules: PolicyRules, path: string): readonly PolicyRule[] {
  const own = rules.all.filter((rule) => speaksOf(rule, path, rules));
  if (own.length > 0) return own;
  return [...rules.wildcards].flatMap(([rule, shape]) => (shape.test(path) ? [rule] : []));
}

function speaksOf(rule: PolicyRule, path: string, rules: PolicyRules): boolean {
  return !rules.wildcards.has(rule) && (path === rule.path || path.startsWith(`${rule.path}.`));
}

function unjudgedText(rule: PolicyRule, path: string, value: Scalar): string {
  const reason =
    rule.type === 'regex' && rule.regex === undefined
      ? 'the pattern is written for Java'
      : 'an auto: version is known to the workspace only';
  return `${path} = ${shown(redactAttribute(path, value))} ${describeRule(rule)}: ${reason}, so the workspace decides.`;
}
