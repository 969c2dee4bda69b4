import { printableLine } from '../../core/printable.ts';
import { redact, redactAttribute } from '../../core/redaction.ts';
import { flattenCluster } from '../../databricks/policy/cluster-attributes.ts';
import type { EvaluatedCluster } from '../../databricks/policy/evaluate-policy.ts';
import type { PolicyRule } from '../../databricks/policy/policy-rule.ts';
import { describeRule, shown } from '../../databricks/policy/policy-words.ts';
import type { Style } from '../runs/run-lines.ts';
import { renderTable } from '../table.ts';

/** Rules by what they mean for a person, in the order in which they are shown. */
const GROUPS = {
  fixed: 'the policy fills it in; leave it out',
  default: 'filled in where the request leaves it out',
  required: 'must be in every request',
  allowed: 'may be left out',
  forbidden: 'must be left out',
} as const;
type Group = keyof typeof GROUPS;

/** The rules of a policy in words: a line for each attribute, grouped. */
export function ruleLines(rules: readonly PolicyRule[], style: Style): readonly string[] {
  const rows = rules.map((rule) => [rule.path, printableLine(ruleText(rule))]);
  const width = Math.max(0, ...rules.map(({ path }) => path.length));
  return (Object.keys(GROUPS) as Group[]).flatMap((group) => {
    const own = rules.flatMap((rule, index) => (groupOf(rule) === group ? [rows[index] ?? []] : []));
    if (own.length === 0) return [];
    const lines = own.map(([path = '', text = '']) => `  ${printableLine(path).padEnd(width)}   ${text}`);
    return [`${style('bold', group)}   ${style('dim', GROUPS[group])}`, ...lines];
  });
}

function groupOf(rule: PolicyRule): Group {
  if (rule.type === 'fixed' || rule.type === 'forbidden') return rule.type;
  if (rule.defaultValue !== undefined) return 'default';
  return rule.isOptional || rule.path === 'dbus_per_hour' ? 'allowed' : 'required';
}

function ruleText(rule: PolicyRule): string {
  if (rule.type === 'fixed') return shown(redactAttribute(rule.path, rule.value));
  if (rule.type === 'forbidden') return '';
  if (rule.defaultValue === undefined) return describeRule(rule);
  return `${shown(redactAttribute(rule.path, rule.defaultValue))}; ${describeRule(rule)}`;
}

/** What Hermes sends, and what the policy adds to it. */
export function sampleLines(evaluated: EvaluatedCluster, style: Style): readonly string[] {
  const { cluster, request, sources, unjudged, violations, dbusPerHourAtMost } = evaluated;
  const added = [...flattenCluster(cluster)].filter(([path]) => sources[path] !== 'request');
  const pairs = (values: readonly (readonly [string, unknown])[]): readonly string[] =>
    renderTable(
      ['', ''],
      values.map(([path, value]) => [path, printableLine(redact(String(redactAttribute(path, value))))]),
    )
      .slice(1)
      .map((line) => `  ${line}`);
  return [
    `${style('bold', 'Hermes sends')}   ${style('dim', 'for any script')}`,
    ...pairs([...flattenCluster(request)]),
    `${style('bold', 'the cluster has besides')}   ${style('dim', 'from the policy')}`,
    ...pairs(added),
    ...(dbusPerHourAtMost === undefined ? [] : [`  at most ${dbusPerHourAtMost} DBU an hour`]),
    ...unjudged.map((text) => `${style('yellow', '!')} ${printableLine(text)}`),
    ...violations.map(({ path, rule, fix }) => printableLine(`${style('red', '✗')} ${path} ${rule}. ${fix}`)),
  ];
}
