import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { evaluatePolicy } from '../../src/databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../src/databricks/policy/parse-policy.ts';
import { RULE_TYPES } from '../../src/databricks/policy/policy-rule.ts';

const PAGE = readFileSync(join(packageRoot, 'docs', 'reference', 'policies.md'), 'utf8');

describe('the reference of policies', () => {
  it('recommends a policy without a mistake, under which the cluster of Hermes is made', () => {
    const [, definition = ''] = /```json\n([\s\S]*?)```/.exec(PAGE) ?? [];
    const { rules, problems } = parsePolicyDefinition(definition);
    assert.deepEqual(problems, []);
    assert.ok(rules !== undefined);
    const asked = {
      policy_id: 'P',
      apply_policy_default_values: true,
      autoscale: { min_workers: 1, max_workers: 2 },
      custom_tags: { team: 'weather' },
      spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
    };
    const { request, violations } = evaluatePolicy(asked, rules);
    assert.deepEqual(violations, []);
    assert.deepEqual(request, { policy_id: 'P', apply_policy_default_values: true });
  });

  it('names every type of element', () => {
    for (const type of RULE_TYPES) assert.ok(PAGE.includes(`\`${type}\``), type);
  });
});
