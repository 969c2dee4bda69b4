import { type Json, type JsonObject, parseJson } from '../../core/json.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Scalar } from './cluster-attributes.ts';
import { compilePolicy } from './compile-policy.ts';
import { findPathProblems, findRuleProblems } from './find-policy-problems.ts';
import { javaPattern } from './java-pattern.ts';
import type { PolicyProblem } from './policy-problem.ts';
import { numberOf, type PolicyRule, type PolicyRules, RULE_TYPES } from './policy-rule.ts';

/** A definition as read: its rules, and everything wrong with it. */
export interface ParsedPolicy {
  /** Absent when the workspace cannot use the definition. */
  readonly rules?: PolicyRules;
  readonly problems: readonly PolicyProblem[];
}

const LIMITING = ['defaultValue', 'isOptional'];
const OWN_KEYS: Readonly<Record<PolicyRule['type'], readonly string[]>> = {
  fixed: ['value'],
  forbidden: [],
  allowlist: ['values', ...LIMITING],
  blocklist: ['values', ...LIMITING],
  regex: ['pattern', ...LIMITING],
  range: ['minValue', 'maxValue', ...LIMITING],
  unlimited: LIMITING,
};

/**
 * Reads a policy definition (JSON text) and finds everything wrong with it at once. Databricks stores any text and
 * refuses the first cluster that is made with a malformed one.
 * https://docs.databricks.com/aws/en/admin/clusters/policy-definition
 */
export function parsePolicyDefinition(definition: string): ParsedPolicy {
  const root = parseRoot(definition);
  if (typeof root === 'string') return { problems: [{ path: [], severity: 'unusable', message: root }] };
  const problems: PolicyProblem[] = [];
  const rules = Object.entries(root).flatMap(([path, element]) => {
    const rule = parseElement(path, element, problems);
    problems.push(...findPathProblems(path, rule));
    return rule === undefined ? [] : [rule];
  });
  if (problems.some(({ severity }) => severity === 'unusable')) return { problems };
  problems.push(...findRuleProblems(rules));
  return { rules: compilePolicy(rules), problems };
}

function parseRoot(definition: string): JsonObject | string {
  try {
    const root = parseJson(definition.trim() === '' ? '{}' : definition);
    if (isObject(root)) return root;
    return `A definition must be a JSON object of path → element, not ${kindOf(root)}.`;
  } catch (error) {
    return `The definition is not JSON: ${(error as Error).message}.`;
  }
}

function parseElement(path: string, element: Json, problems: PolicyProblem[]): PolicyRule | undefined {
  const complain = (message: string, key?: string, hint?: string): undefined => {
    const place = key === undefined ? [path] : [path, key];
    problems.push({ path: place, severity: 'unusable', message, ...(hint === undefined ? {} : { hint }) });
  };
  const allowed = `Types: ${RULE_TYPES.join(', ')}.`;
  if (!isObject(element))
    return complain(`${path} must be an object with a type, not ${kindOf(element)}. ${allowed}`);
  if (element.type === undefined) return complain(`${path} has no type. ${allowed}`);
  const type = RULE_TYPES.find((name) => name === element.type);
  if (type === undefined) {
    const given = String(element.type);
    return complain(
      `${path}: ${JSON.stringify(element.type)} is not a type of element. ${allowed}`,
      'type',
      didYouMean(given, RULE_TYPES),
    );
  }
  problems.push(...findKeyProblems(path, type, element));
  const before = problems.length;
  checkValues(path, type, element, complain);
  return problems.length === before ? ruleOf(path, type, element) : undefined;
}

type Complain = (message: string, key?: string, hint?: string) => undefined;

/** What a type cannot do without. */
function checkValues(path: string, type: PolicyRule['type'], element: JsonObject, complain: Complain): void {
  if (type === 'fixed' && !isScalar(element.value)) {
    const found = element.value === undefined ? 'has none' : `has ${kindOf(element.value)}`;
    complain(
      `${path}: a fixed element needs a value (a text, a number, true or false); it ${found}.`,
      at(element, 'value'),
    );
  }
  if (type === 'allowlist' || type === 'blocklist') {
    const { values } = element;
    if (!Array.isArray(values) || values.length === 0 || !values.every(isScalar))
      complain(
        `${path}: an element of type ${type} needs values: a list of at least one text, number, true or false.`,
        at(element, 'values'),
      );
  }
  if (type === 'regex') checkPattern(path, element, complain);
  if (type === 'range') checkBounds(path, element, complain);
}

function checkPattern(path: string, element: JsonObject, complain: Complain): void {
  if (typeof element.pattern !== 'string') {
    complain(`${path}: a regex element needs a pattern, as a text.`, at(element, 'pattern'));
    return;
  }
  const { reason } = javaPattern(element.pattern);
  if (reason !== undefined)
    complain(`${path}: the pattern ${JSON.stringify(element.pattern)} cannot be read: ${reason}.`, 'pattern');
}

function checkBounds(path: string, element: JsonObject, complain: Complain): void {
  const given = ['minValue', 'maxValue'].filter((key) => element[key] !== undefined && element[key] !== null);
  if (given.length === 0) complain(`${path}: a range element needs minValue, maxValue or both.`);
  for (const key of given)
    if (numberOf(element[key]) === undefined)
      complain(`${path}: ${key} must be a number, not ${shown(element[key])}.`, key);
}

/** Keys that an element cannot have, and flags that are neither true nor false. */
function findKeyProblems(path: string, type: PolicyRule['type'], element: JsonObject): PolicyProblem[] {
  const own = ['type', ...OWN_KEYS[type], 'hidden'];
  const unknown = Object.keys(element).filter((key) => !own.includes(key));
  const flags = ['isOptional', 'hidden'].filter((key) => own.includes(key));
  return [
    ...unknown.map((key): PolicyProblem => {
      if (LIMITING.includes(key)) {
        const message = `${path}: ${key} has no effect in an element of type ${type}.`;
        return { path: [path, key], severity: 'warning', message };
      }
      const hint = didYouMean(key, own) ?? `Allowed: ${own.join(', ')}.`;
      return {
        path: [path, key],
        severity: 'error',
        message: `${path}: ${key} is not a key of an element of type ${type}.`,
        hint,
      };
    }),
    ...flags
      .filter((key) => ![undefined, true, false, 'true', 'false'].includes(element[key] as never))
      .map((key): PolicyProblem => {
        const message = `${path}: ${key} must be true or false, not ${shown(element[key])}.`;
        return { path: [path, key], severity: 'error', message };
      }),
    ...(element.defaultValue === undefined || isScalar(element.defaultValue)
      ? []
      : [
          {
            path: [path, 'defaultValue'],
            severity: 'error' as const,
            message: `${path}: defaultValue must be a text, a number, true or false, not ${kindOf(element.defaultValue)}.`,
          },
        ]),
  ];
}

function ruleOf(path: string, type: PolicyRule['type'], element: JsonObject): PolicyRule {
  const { value, values, pattern, defaultValue } = element;
  const minValue = numberOf(element.minValue);
  const maxValue = numberOf(element.maxValue);
  const regex = type === 'regex' ? javaPattern(String(pattern)).regex : undefined;
  const isLimiting = type !== 'fixed' && type !== 'forbidden';
  return {
    path,
    type,
    ...(type === 'fixed' && isScalar(value) ? { value } : {}),
    values: (type === 'allowlist' || type === 'blocklist' ? values : []) as readonly Scalar[],
    ...(type === 'regex' ? { pattern: String(pattern) } : {}),
    ...(regex === undefined ? {} : { regex }),
    ...(type === 'range' && minValue !== undefined ? { minValue } : {}),
    ...(type === 'range' && maxValue !== undefined ? { maxValue } : {}),
    ...(isLimiting && isScalar(defaultValue) ? { defaultValue } : {}),
    isOptional: isLimiting && String(element.isOptional) === 'true',
    isHidden: String(element.hidden) === 'true',
  };
}

/** The key when it is there, so that a problem points at it; else the element is at fault. */
function at(element: JsonObject, key: string): string | undefined {
  return Object.hasOwn(element, key) ? key : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: Json | undefined): value is Scalar {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : shown(value);
}

function shown(value: Json | undefined): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
