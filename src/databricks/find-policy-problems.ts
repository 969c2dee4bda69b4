import type { PolicyProblem } from './policy-problem.ts';
import type { PolicyRule } from './policy-rule.ts';
export function findPathProblems(_path: string, _rule: PolicyRule | undefined): PolicyProblem[] {
  return [];
}
export function findRuleProblems(_rules: readonly PolicyRule[]): PolicyProblem[] {
  return [];
}
