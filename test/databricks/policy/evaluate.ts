import assert from 'node:assert/strict';
import { type JsonObject, stringifyJson } from '../../../src/core/json.ts';
import { type EvaluationOptions, evaluatePolicy } from '../../../src/databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../../src/databricks/policy/parse-policy.ts';

/** Gives what every cluster needs, and asks for nothing. */
const WHOLE: JsonObject = {
  spark_version: { type: 'unlimited', defaultValue: '15.4.x-scala2.12', isOptional: true },
  node_type_id: { type: 'unlimited', defaultValue: 'm5.large', isOptional: true },
};
/** The size that Hermes proposes. */
export const RANGE = { autoscale: { min_workers: 1, max_workers: 2 } };

/** Evaluates a request under a policy that is whole but for `policy`. */
export function evaluate(policy: JsonObject, request: JsonObject, options?: EvaluationOptions) {
  const { rules } = parsePolicyDefinition(stringifyJson({ ...WHOLE, ...policy }));
  assert.ok(rules !== undefined);
  return evaluatePolicy({ policy_id: 'P', apply_policy_default_values: true, ...request }, rules, options);
}
