import { redactAttribute } from '../../core/redaction.ts';
import { nearest } from '../../core/suggest.ts';
import type { Scalar } from './cluster-attributes.ts';
import { judge, numberOf, type PolicyRule } from './policy-rule.ts';

/** Lets those who may view a run see its driver log (https://docs.databricks.com/aws/en/jobs/privileges). */
export const LOG_ACCESS = 'spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs';

const OWNER = 'Ask the platform team, which owns the policy,';

/** A rule in words that follow the attribute's name: `is fixed to 2`. */
export function describeRule(rule: PolicyRule): string {
  switch (rule.type) {
    case 'fixed':
      return `is fixed to ${shown(redactAttribute(rule.path, rule.value))}`;
    case 'forbidden':
      return 'is forbidden';
    case 'allowlist':
      return rule.values.length === 1 ? `must be ${list(rule)}` : `must be one of ${list(rule)}`;
    case 'blocklist':
      return rule.values.length === 1 ? `must not be ${list(rule)}` : `must be none of ${list(rule)}`;
    case 'regex':
      return `must match ${rule.pattern}`;
    case 'range':
      return `must be ${rangeWords(rule)}`;
    case 'unlimited':
      return 'may be anything';
  }
}

/** The smallest edit of a request after which the rule passes; `value` is absent when the attribute is. */
export function describeFix(rule: PolicyRule, value: Scalar | undefined, appliesDefaults: boolean): string {
  if (rule.path === LOG_ACCESS)
    return `Without it only those who manage the run see its driver log, no other group that it lists. ${OWNER} to allow or to fix "false".`;
  if (rule.path === 'cluster_type') return `${OWNER} to admit "job": Hermes makes job clusters only.`;
  if (value === undefined) return absenceFix(rule);
  if (rule.type === 'fixed') return 'Leave it out: the policy fills it in.';
  if (rule.type === 'forbidden') return 'Leave it out.';
  if (appliesDefaults && rule.defaultValue !== undefined && judge(rule, rule.defaultValue) !== 'refused')
    return `${edit(rule, value)}, or leave it out: the policy gives ${shown(rule.defaultValue)}.`;
  return `${edit(rule, value)}${rule.isOptional ? ', or leave it out' : ''}.`;
}

function edit(rule: PolicyRule, value: Scalar): string {
  switch (rule.type) {
    case 'allowlist': {
      const near = nearest(String(value), rule.values.map(String));
      const [only] = rule.values;
      if (near !== undefined) return `Take ${shown(rule.values.find((one) => String(one) === near))}`;
      return rule.values.length === 1 ? `Take ${shown(only)}` : 'Take one of these';
    }
    case 'range':
      return `Take ${nearestBound(rule, value) ?? `a number ${rangeWords(rule)}`}`;
    case 'regex':
      return 'Write it as the pattern wants it';
    default:
      return 'Take another value';
  }
}

function absenceFix(rule: PolicyRule): string {
  if (rule.defaultValue !== undefined)
    return `Set apply_policy_default_values to true: the policy gives ${shown(rule.defaultValue)}.`;
  switch (rule.type) {
    case 'fixed':
      return `${OWNER} to name the attribute as policies do: nothing has this path.`;
    case 'allowlist':
      return rule.values.length === 1 ? `Set it to ${list(rule)}.` : `Set it to one of ${list(rule)}.`;
    case 'range':
      return `Set it to a number ${rangeWords(rule)}.`;
    case 'regex':
      return `Set it to a text that matches ${rule.pattern}.`;
    default:
      return `Set it to a value${rule.type === 'blocklist' ? ` other than ${list(rule)}` : ''}.`;
  }
}

function nearestBound({ minValue, maxValue }: PolicyRule, value: Scalar): number | undefined {
  const number = numberOf(value);
  if (number === undefined) return undefined;
  return minValue !== undefined && number < minValue ? minValue : maxValue;
}

function rangeWords({ minValue, maxValue }: PolicyRule): string {
  if (minValue === undefined) return `at most ${maxValue}`;
  return maxValue === undefined ? `at least ${minValue}` : `from ${minValue} to ${maxValue}`;
}

function list({ values }: PolicyRule): string {
  return values.map(shown).join(', ');
}

/** Texts in quotes, so that `"2"` is told from 2. */
export function shown(value: Scalar | undefined): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
