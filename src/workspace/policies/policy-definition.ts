import type { Json } from '../../core/json.ts';
import { parseJson } from '../../core/json.ts';
import { isObject } from '../wire/fields.ts';
import type { Scalar } from './cluster-paths.ts';

/** One element of a policy definition. `optional` and `defaultValue` belong to the limiting types only. */
export interface PolicyRule {
  readonly path: string;
  readonly type: 'fixed' | 'forbidden' | 'allowlist' | 'blocklist' | 'regex' | 'range' | 'unlimited';
  readonly value?: Scalar;
  readonly values: readonly Scalar[];
  readonly pattern?: RegExp;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly defaultValue?: Scalar;
  readonly optional: boolean;
}

const types = new Set(['fixed', 'forbidden', 'allowlist', 'blocklist', 'regex', 'range', 'unlimited']);

/** Reads a definition (JSON text). Answers undefined when any part of it is malformed: nobody can use such a policy. */
export function parsePolicyDefinition(definition: string): PolicyRule[] | undefined {
  try {
    const root = parseJson(definition.trim() === '' ? '{}' : definition);
    if (!isObject(root)) return undefined;
    const rules = Object.entries(root).map(([path, element]) => parseRule(path, element));
    return rules.every((rule) => rule !== undefined) ? rules : undefined;
  } catch {
    return undefined;
  }
}

function parseRule(path: string, element: Json): PolicyRule | undefined {
  if (!isObject(element) || !types.has(String(element.type))) return undefined;
  const type = element.type as PolicyRule['type'];
  const values = Array.isArray(element.values) ? (element.values as Scalar[]) : [];
  const rule: PolicyRule = {
    path,
    type,
    values,
    optional: element.isOptional === true || element.isOptional === 'true',
    ...(isScalar(element.value) ? { value: element.value } : {}),
    ...(isScalar(element.defaultValue) ? { defaultValue: element.defaultValue } : {}),
    ...(type === 'regex' ? { pattern: wholeMatch(String(element.pattern)) } : {}),
    ...(isScalar(element.minValue) ? { minValue: asNumber(element.minValue) } : {}),
    ...(isScalar(element.maxValue) ? { maxValue: asNumber(element.maxValue) } : {}),
  };
  return isComplete(rule, element.pattern) ? rule : undefined;
}

function isComplete(rule: PolicyRule, pattern: Json | undefined): boolean {
  switch (rule.type) {
    case 'fixed':
      return rule.value !== undefined;
    case 'allowlist':
    case 'blocklist':
      return rule.values.length > 0 && rule.values.every(isScalar);
    case 'regex':
      return typeof pattern === 'string';
    case 'range': {
      const bounds = [rule.minValue, rule.maxValue].filter((bound) => bound !== undefined);
      return bounds.length > 0 && bounds.every(Number.isFinite);
    }
    default:
      return true;
  }
}

/** The cloud matches with Java: a leading `(?i)` and escapes of plain signs are common there and unknown here. */
function wholeMatch(pattern: string): RegExp {
  const [flagged] = /^\(\?i\)/.exec(pattern) ?? [];
  const body = `^(?:${pattern.slice(flagged?.length ?? 0)})$`;
  const flags = flagged === undefined ? '' : 'i';
  try {
    return new RegExp(body, `u${flags}`);
  } catch {
    return new RegExp(body, flags);
  }
}

/** Texts are taken where they are written as numbers; anything else is NaN, which no bound can be. */
function asNumber(value: Scalar): number {
  const isNumeric = typeof value !== 'boolean' && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(String(value));
  return isNumeric ? Number(value) : Number.NaN;
}

function isScalar(value: Json | undefined): value is Scalar {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}
