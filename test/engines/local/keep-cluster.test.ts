import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { JsonObject } from '../../../src/core/json.ts';
import { evaluatePolicy } from '../../../src/databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../../src/databricks/policy/parse-policy.ts';
import { keepCluster } from '../../../src/engines/local/again/keep-cluster.ts';

const ASKED: JsonObject = {
  policy_id: 'P1',
  apply_policy_default_values: true,
  spark_env_vars: { HERMES_ENVIRONMENT: 'dev' },
};
const BEFORE: JsonObject = {
  policy_id: 'P1',
  spark_env_vars: { HERMES_ENVIRONMENT: 'dev' },
  autoscale: { min_workers: 1, max_workers: 2 },
  spark_version: '15.4.x-scala2.12',
  node_type_id: 'm5.large',
  aws_attributes: { zone_id: 'auto', availability: 'SPOT_WITH_FALLBACK' },
  cluster_name: 'job-1-run-2',
};
const SIZE = { 'autoscale.min_workers': { type: 'fixed', value: 1 } };

function rulesOf(definition: object) {
  const { rules } = parsePolicyDefinition(JSON.stringify({ ...SIZE, ...definition }));
  assert.ok(rules);
  return rules;
}

function keep(definition: object, asked = ASKED) {
  const rules = rulesOf(definition);
  const { sent, lost } = keepCluster(BEFORE, ASKED, evaluatePolicy(asked, rules), rules);
  return { sent: Object.fromEntries(sent), lost };
}

describe('a cluster whose policy has changed since', () => {
  it('is sent what the policy gave then and leaves open at present', () => {
    const defaults = {
      spark_version: { type: 'unlimited', defaultValue: '16.4.x-scala2.12' },
      node_type_id: { type: 'allowlist', values: ['m5.large', 'm5.xlarge'], defaultValue: 'm5.xlarge' },
    };
    assert.deepEqual(keep(defaults), {
      sent: { spark_version: '15.4.x-scala2.12', node_type_id: 'm5.large' },
      lost: [],
    });
    assert.deepEqual(keep({}), {
      sent: { spark_version: '15.4.x-scala2.12', node_type_id: 'm5.large' },
      lost: [],
    });
  });

  it('is told what comes out otherwise, where the present policy decides', () => {
    const fixed = {
      spark_version: { type: 'fixed', value: '16.4.x-scala2.12' },
      node_type_id: { type: 'allowlist', values: ['m6.large'], defaultValue: 'm6.large' },
      'autoscale.max_workers': { type: 'fixed', value: 4 },
    };
    assert.deepEqual(keep(fixed), {
      sent: {},
      lost: [
        { path: 'autoscale.max_workers', was: 2, is: 4 },
        { path: 'spark_version', was: '15.4.x-scala2.12', is: '16.4.x-scala2.12' },
        { path: 'node_type_id', was: 'm5.large', is: 'm6.large' },
      ],
    });
  });

  it('leaves alone what the request itself says, and what Databricks adds', () => {
    const asked = { ...ASKED, spark_version: '14.3.x-scala2.12', node_type_id: 'm5.large' };
    assert.deepEqual(keep({}, asked), { sent: {}, lost: [] });
  });

  it('never makes a request that the policy refuses out of one that passes', () => {
    const node = fc.constantFrom('m5.large', 'm5.xlarge', 'm6.large');
    const rule = fc.oneof(
      fc.record({ type: fc.constant('fixed'), value: node }),
      fc.record({
        type: fc.constant('allowlist'),
        values: fc.array(node, { minLength: 1 }),
        defaultValue: node,
      }),
      fc.record({
        type: fc.constant('blocklist'),
        values: fc.array(node, { minLength: 1 }),
        isOptional: fc.boolean(),
      }),
      fc.constant({ type: 'forbidden' }),
    );
    fc.assert(
      fc.property(
        fc.record({ node_type_id: rule, spark_version: rule }, { requiredKeys: [] }),
        (definition) => {
          const rules = rulesOf(definition);
          const planned = evaluatePolicy(ASKED, rules);
          const { sent } = keepCluster(BEFORE, ASKED, planned, rules);
          const request = { ...planned.request, ...Object.fromEntries(sent) };
          const after = evaluatePolicy(request, rules, { size: 'as asked' });
          assert.ok(after.violations.length <= planned.violations.length);
        },
      ),
    );
  });
});
