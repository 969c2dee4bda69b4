import { isMapEntry, type Scalar } from './cluster-attributes.ts';

export type RuleType = 'fixed' | 'forbidden' | 'allowlist' | 'blocklist' | 'regex' | 'range' | 'unlimited';

/** The types of elements in the order of the documentation. */
export const RULE_TYPES: readonly RuleType[] = [
  'fixed',
  'forbidden',
  'allowlist',
  'blocklist',
  'regex',
  'range',
  'unlimited',
];

/** One element of a policy: what one attribute may be. */
export interface PolicyRule {
  /** `num_workers`, `custom_tags.cost.center`, `init_scripts.*.s3.destination` */
  readonly path: string;
  readonly type: RuleType;
  /** Of `fixed`. */
  readonly value?: Scalar;
  /** Of `allowlist` and `blocklist`. */
  readonly values: readonly Scalar[];
  /** Of `regex`: as the policy writes it, and as it is matched here; without the latter only the workspace can judge. */
  readonly pattern?: string;
  readonly regex?: RegExp;
  /** Of `range`, both included. */
  readonly minValue?: number;
  readonly maxValue?: number;
  /** Filled in when the request asks for defaults. */
  readonly defaultValue?: Scalar;
  /** Of the limiting types: whether the attribute may be absent. */
  readonly isOptional: boolean;
  readonly isHidden: boolean;
}

/** A policy ready to be asked many times. */
export interface PolicyRules {
  readonly all: readonly PolicyRule[];
  readonly byPath: ReadonlyMap<string, PolicyRule>;
  /** Rules that may fill in a value: fixed ones and those with a default, for attributes that a cluster can have. */
  readonly fillable: readonly PolicyRule[];
  /** Rules over the elements of lists, with the shape of the paths that they speak of. */
  readonly wildcards: ReadonlyMap<PolicyRule, RegExp>;
  /** Rules that may speak of a group of attributes: their paths are none that is known to hold a value. */
  readonly groups: ReadonlySet<PolicyRule>;
  /** The size that Hermes asks for, without and with the policy's defaults: flat attributes. */
  readonly size: ReadonlyMap<string, Scalar>;
  readonly sizeWithDefaults: ReadonlyMap<string, Scalar>;
}

/** Whether a rule admits a value; `unknown` where only the workspace can tell. */
export type Verdict = 'allowed' | 'refused' | 'unknown';

/** True for a path with a `*` in place of a list's index; in a map `*` is a key like any other. */
export function isWildcard(path: string): boolean {
  return path.includes('*') && !isMapEntry(path) && path.split('.').includes('*');
}

/** Judges a value that is present. */
export function judge(rule: PolicyRule, value: Scalar): Verdict {
  switch (rule.type) {
    case 'fixed':
      if (isSame(value, rule.value)) return 'allowed';
      return involvesAlias(rule, value) ? 'unknown' : 'refused';
    case 'forbidden':
      return 'refused';
    case 'allowlist':
      if (rule.values.some((allowed) => isSame(value, allowed))) return 'allowed';
      return involvesAlias(rule, value) ? 'unknown' : 'refused';
    case 'blocklist':
      if (rule.values.some((blocked) => isSame(value, blocked))) return 'refused';
      return involvesAlias(rule, value) ? 'unknown' : 'allowed';
    case 'regex':
      if (rule.regex === undefined) return 'unknown';
      return rule.regex.test(String(value)) ? 'allowed' : isAlias(rule, value) ? 'unknown' : 'refused';
    case 'range':
      return isInRange(rule, value) ? 'allowed' : 'refused';
    case 'unlimited':
      return 'allowed';
  }
}

/** Numbers, texts and truth values alike: the API takes each written as a text. */
export function isSame(a: Scalar, b: Scalar | undefined): boolean {
  return a === b || (b !== undefined && String(a) === String(b));
}

/** The number that a value stands for; undefined for what is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function isInRange(rule: PolicyRule, value: Scalar): boolean {
  const number = numberOf(value);
  if (number === undefined) return false;
  return number >= (rule.minValue ?? -Infinity) && number <= (rule.maxValue ?? Infinity);
}

/** `auto:latest-lts` stands for a version that only the workspace knows, on either side of a comparison. */
function involvesAlias(rule: PolicyRule, value: Scalar): boolean {
  if (rule.path !== 'spark_version') return false;
  return isAlias(rule, value) || [...rule.values, rule.value ?? ''].some((one) => isAlias(rule, one));
}

function isAlias(rule: PolicyRule, value: Scalar): boolean {
  return rule.path === 'spark_version' && String(value).startsWith('auto:');
}
