import { ATTRIBUTES } from './attribute-table.ts';
import { chooseSize } from './choose-size.ts';
import { generalPath, isAttribute, isMapEntry } from './cluster-attributes.ts';
import { isWildcard, type PolicyRule, type PolicyRules } from './policy-rule.ts';

/** Makes the rules of a policy ready to be asked many times. */
export function compilePolicy(all: readonly PolicyRule[]): PolicyRules {
  const byPath = new Map(all.map((rule) => [rule.path, rule]));
  const wildcards = all.filter(({ path }) => isWildcard(path));
  const mayBeGroup = ({ path }: PolicyRule): boolean =>
    !isMapEntry(path) && !isWildcard(path) && !ATTRIBUTES.has(generalPath(path));
  return {
    all,
    byPath,
    fillable: all.filter(
      ({ path, value, defaultValue }) =>
        (value ?? defaultValue) !== undefined && isAttribute(path) && !isWildcard(path),
    ),
    wildcards: new Map(wildcards.map((rule) => [rule, wildcardShape(rule.path)])),
    groups: new Set(all.filter(mayBeGroup)),
    size: chooseSize(byPath, false),
    sizeWithDefaults: chooseSize(byPath, true),
  };
}

function wildcardShape(path: string): RegExp {
  const parts = path.split('.').map((part) => (part === '*' ? '\\d+' : part.replace(/[^\w]/g, '\\$&')));
  return new RegExp(`^${parts.join('\\.')}(?:\\.|$)`);
}
