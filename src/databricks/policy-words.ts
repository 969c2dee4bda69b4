import type { Scalar } from './cluster-attributes.ts';
import type { PolicyRule } from './policy-rule.ts';

/** A rule in words that follow the attribute's name: `is fixed to 2`. */
export function describeRule(rule: PolicyRule): string {
  switch (rule.type) {
    case 'fixed':
      return `is fixed to ${shown(rule.value)}`;
    case 'forbidden':
      return 'is forbidden';
    case 'allowlist':
      return `must be one of ${rule.values.map(shown).join(', ')}`;
    case 'blocklist':
      return `must not be ${rule.values.map(shown).join(', ')}`;
    case 'regex':
      return `must match ${rule.pattern}`;
    case 'range':
      return `must be ${rangeWords(rule)}`;
    case 'unlimited':
      return 'may be anything';
  }
}

/** What to do about a value that the rule refuses, or about its absence. */
export function describeFix(rule: PolicyRule, value: Scalar | undefined): string {
  if (value === undefined) return `Give it a value that ${describeRule(rule)}.`;
  if (rule.type === 'fixed') return 'Leave it out: the policy fills it in.';
  return 'Leave it out.';
}

function rangeWords({ minValue, maxValue }: PolicyRule): string {
  if (minValue === undefined) return `at most ${maxValue}`;
  return maxValue === undefined ? `at least ${minValue}` : `${minValue} to ${maxValue}`;
}

function shown(value: Scalar | undefined): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
