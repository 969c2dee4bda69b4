import assert from 'node:assert/strict';
import { evaluatePolicy } from '../../../src/databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../../src/databricks/policy/parse-policy.ts';
import { refusalText } from '../../../src/engines/local/plan/refusal-text.ts';
import { problemLines } from '../../../src/engines/local/plan/submit-problems.ts';

const SHAPE = {
  spark_version: { type: 'fixed', value: '15.4.x-scala2.12' },
  node_type_id: { type: 'fixed', value: 'm5.large' },
};

/** What is said of a cluster under a policy, as a task of an operator has it. */
function texts(cluster: object, policy: object, operator = 'HermesOperator'): readonly string[] {
  const { rules } = parsePolicyDefinition(JSON.stringify({ ...SHAPE, ...policy }));
  assert.ok(rules !== undefined);
  const asked = { num_workers: 1, apply_policy_default_values: true, ...cluster };
  return evaluatePolicy(asked, rules).violations.map((violation) =>
    refusalText(violation, 'trial', rules.byPath.get(violation.path), operator),
  );
}

describe('what a person reads of a refused cluster', () => {
  it('names the option of the task that sets a variable', () => {
    const policy = { 'spark_env_vars.MODE': { type: 'allowlist', values: ['slow'] } };
    assert.deepEqual(texts({}, policy), [
      'spark_env_vars.MODE must be present, says policy trial. Add env: { MODE: "slow" } to the task.',
    ]);
    assert.deepEqual(texts({ spark_env_vars: { MODE: 'fast' } }, policy), [
      'spark_env_vars.MODE = "fast" is refused: it must be "slow", says policy trial. Take "slow". It comes from env of the task.',
    ]);
  });

  it('names the tag of the DAG that sets a tag of the cluster', () => {
    const policy = { 'custom_tags.cost_center': { type: 'allowlist', values: ['a', 'b'] } };
    assert.deepEqual(texts({}, policy), [
      'custom_tags.cost_center must be present, says policy trial. Add tags: ["cost_center:a"] to the DAG.',
    ]);
    assert.deepEqual(texts({}, { 'custom_tags.cost_center': { type: 'regex', pattern: 'c-[0-9]+' } }), [
      'custom_tags.cost_center must be present, says policy trial. Add tags: ["cost_center:…"] to the DAG.',
    ]);
  });

  it('sends to the platform team with what no DAG file sets, and with tags that no DAG can have', () => {
    const ask =
      'says policy trial. No DAG file sets it: ask the platform team, which owns the policy, to give it a defaultValue.';
    assert.deepEqual(texts({}, { driver_node_type_id: { type: 'allowlist', values: ['m5.large'] } }), [
      `driver_node_type_id must be present, ${ask}`,
    ]);
    assert.deepEqual(texts({}, { 'custom_tags.Cost': { type: 'allowlist', values: ['A'] } }), [
      `custom_tags.Cost must be present, ${ask}`,
    ]);
  });

  it('leaves it to the operator of a team what it sets', () => {
    const policy = { driver_node_type_id: { type: 'allowlist', values: ['m5.large'] } };
    assert.deepEqual(texts({}, policy, 'NotebookOperator'), [
      'driver_node_type_id must be present, says policy trial. Set it to "m5.large".',
    ]);
  });

  it('holds no secret', () => {
    const cluster = { spark_env_vars: { DB_PASSWORD: 'hunter2' } };
    assert.deepEqual(texts(cluster, { 'spark_env_vars.DB_PASSWORD': { type: 'forbidden' } }), [
      'spark_env_vars.DB_PASSWORD = "[redacted]" is refused: it is forbidden, says policy trial. Leave it out. It comes from env of the task.',
    ]);
  });

  it('is told once for all tasks that it keeps from starting', () => {
    const tasks = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const shared = tasks.map((taskId) => ({ taskId, message: 'One.' }));
    assert.equal(
      problemLines([...shared, { taskId: 'b', message: 'Two.' }]),
      '  a, b, c, d and 3 more: One.\n  b: Two.',
    );
  });
});
