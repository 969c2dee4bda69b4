import { strict as assert } from 'node:assert';
import type { JsonObject } from '../../src/core/json.ts';
import { fitCluster } from '../../src/databricks/fit-cluster.ts';

const CLUSTER: JsonObject = {
  policy_id: 'P',
  autoscale: { min_workers: 1, max_workers: 2 },
  spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
  custom_tags: { team: 'weather', project: 'observations' },
};
const fitted = (rules: JsonObject, cluster: JsonObject = CLUSTER) =>
  fitCluster(cluster, { policyId: 'P', name: 'hermes-weather-dev', definition: JSON.stringify(rules) });

describe('fitting a cluster to its policy', () => {
  it('sends nothing that the policy fixes', () => {
    const { cluster, problems } = fitted({
      'custom_tags.team': { type: 'fixed', value: 'weather' },
      'autoscale.min_workers': { type: 'fixed', value: 1 },
      'autoscale.max_workers': { type: 'fixed', value: 4 },
      'spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs': { type: 'fixed', value: 'false' },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(cluster, { policy_id: 'P', custom_tags: { project: 'observations' } });
  });

  it('leaves the size to a policy that sets another kind of size', () => {
    assert.equal(fitted({ num_workers: { type: 'fixed', value: 1 } }).cluster.autoscale, undefined);
    assert.equal(fitted({ 'autoscale.max_workers': { type: 'forbidden' } }).cluster.autoscale, undefined);
    assert.deepEqual(fitted({}).cluster, CLUSTER);
  });

  it('says which rule refuses which value', () => {
    const rules: readonly [JsonObject, string][] = [
      [{ type: 'fixed', value: 'ocean' }, 'fixes it to "ocean"'],
      [{ type: 'forbidden' }, 'forbids it'],
      [{ type: 'allowlist', values: ['ocean', 'sky'] }, 'allows ocean, sky'],
      [{ type: 'blocklist', values: ['weather'] }, 'excludes weather'],
      [{ type: 'regex', pattern: 'wea' }, 'wants the pattern wea'],
    ];
    for (const [rule, reason] of rules) {
      assert.deepEqual(fitted({ 'custom_tags.team': rule }).problems, [
        `custom_tags.team = "weather" is refused: policy hermes-weather-dev ${reason}.`,
      ]);
    }
    assert.deepEqual(fitted({ 'autoscale.max_workers': { type: 'range', maxValue: 1 } }).problems, [
      'autoscale.max_workers = 2 is refused: policy hermes-weather-dev wants at most 1.',
    ]);
  });

  it('accepts what the rules allow, numbers and texts alike', () => {
    const rules = {
      'autoscale.max_workers': { type: 'range', minValue: 1, maxValue: 4 },
      'custom_tags.team': { type: 'allowlist', values: ['weather'] },
      num_workers: { type: 'unlimited', isOptional: true },
    };
    assert.deepEqual(fitted(rules).problems, []);
    const texts = { ...CLUSTER, autoscale: { min_workers: '1', max_workers: '2' } };
    assert.deepEqual(
      fitted({ 'autoscale.min_workers': { type: 'allowlist', values: [1] } }, texts).problems,
      [],
    );
  });

  it('says that a policy is malformed instead of ignoring it', () => {
    const policy = { policyId: 'P', name: 'broken', definition: '[1' };
    assert.deepEqual(fitCluster(CLUSTER, policy).problems, [
      'policy broken is malformed: its definition is not a JSON object.',
    ]);
  });
});
