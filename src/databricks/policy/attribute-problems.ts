import { didYouMean } from '../../core/suggest.ts';
import { ATTRIBUTES, type AttributeKind } from './attribute-table.ts';
import { generalPath, type Scalar } from './cluster-attributes.ts';
import type { PolicyProblem } from './policy-problem.ts';
import { judge, numberOf, type PolicyRule } from './policy-rule.ts';
import { describeRule, shown } from './policy-words.ts';

/** Attributes with few values, which do not grow with each release of the workspace. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  cluster_type: ['all-purpose', 'job', 'dlt'],
  'cluster_log_conf.type': ['DBFS', 'S3', 'VOLUMES', 'NONE'],
};

/** What is wrong with the values of an element, given the attribute that it limits. */
export function findAttributeProblems(rule: PolicyRule): PolicyProblem[] {
  return [...virtualProblems(rule), ...kindProblems(rule), ...boundProblems(rule), ...defaultProblems(rule)];
}

/** A default that the element itself refuses, and bounds that leave nothing. */
function defaultProblems(rule: PolicyRule): PolicyProblem[] {
  const { path, defaultValue } = rule;
  if (defaultValue === undefined || judge(rule, defaultValue) !== 'refused') return [];
  const message = `${path}: its own default ${shown(defaultValue)} is refused: ${path} ${describeRule(rule)}.`;
  return [{ path: [path, 'defaultValue'], severity: 'error', message }];
}

function boundProblems({ path, minValue, maxValue }: PolicyRule): PolicyProblem[] {
  if (minValue === undefined || maxValue === undefined || minValue <= maxValue) return [];
  const message = `${path}: no number is at least ${minValue} and at most ${maxValue}.`;
  return [{ path: [path, 'minValue'], severity: 'error', message }];
}

function kindProblems(rule: PolicyRule): PolicyProblem[] {
  const { path, type } = rule;
  const kind = ATTRIBUTES.get(generalPath(path));
  if (kind === undefined) return [];
  if (type === 'range' && kind !== 'number')
    return [
      {
        path: [path],
        severity: 'error',
        message: `${path} is ${KINDS[kind]}, and a range admits numbers only.`,
      },
    ];
  return valuesOf(rule).flatMap(([key, value]) => {
    const choices = CHOICES[path];
    if (fits(kind, value) && (choices === undefined || choices.includes(String(value)))) return [];
    const allowed = choices === undefined ? KINDS[kind] : `one of ${choices.join(', ')}`;
    const hint = didYouMean(String(value), choices ?? []);
    const message = `${path}: ${shown(value)} can never be its value: ${path} is ${allowed}.`;
    return [{ path: [path, key], severity: 'error', message, ...(hint === undefined ? {} : { hint }) }];
  });
}

const KINDS: Readonly<Record<AttributeKind, string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
};

function valuesOf({ value, values, defaultValue }: PolicyRule): readonly (readonly [string, Scalar])[] {
  return [
    ...(value === undefined ? [] : [['value', value] as const]),
    ...values.map((one) => ['values', one] as const),
    ...(defaultValue === undefined ? [] : [['defaultValue', defaultValue] as const]),
  ];
}

function fits(kind: AttributeKind, value: Scalar): boolean {
  if (kind === 'number') return numberOf(value) !== undefined;
  return kind === 'text' || ['true', 'false'].includes(String(value));
}

/** The two attributes that no request holds take few types of elements. */
function virtualProblems({ path, type, minValue, maxValue }: PolicyRule): PolicyProblem[] {
  const wrong = (message: string): PolicyProblem[] => [{ path: [path], severity: 'error', message }];
  if (path === 'cluster_type' && type !== 'fixed' && type !== 'allowlist')
    return wrong(`cluster_type can be fixed or an allowlist, not ${type}.`);
  if (path === 'dbus_per_hour' && (type !== 'range' || maxValue === undefined || minValue !== undefined))
    return wrong('dbus_per_hour can only be a range with a maxValue, and without a minValue.');
  return [];
}
