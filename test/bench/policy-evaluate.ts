import type { JsonObject } from '../../src/core/json.ts';
import { evaluatePolicy } from '../../src/databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../src/databricks/policy/parse-policy.ts';
import { parsePolicyDefinition as parseThere } from '../../src/workspace/policies/policy-definition.ts';
import { evaluatePolicy as evaluateThere } from '../../src/workspace/policies/policy-evaluator.ts';
import { alternate, type BenchResult } from './measure.ts';

const ROUNDS = 2_000;

/**
 * A cluster of Hermes under a policy of 60 rules of every type, against the evaluator of the embedded workspace, which was
 * written without ours and does the same work but for words and fixes. Both have read the definition beforehand.
 */
export async function run(): Promise<BenchResult[]> {
  const definition = JSON.stringify(policyOfSixty());
  const request = cluster();
  const { rules } = parsePolicyDefinition(definition);
  if (rules === undefined) throw new Error('the policy of the benchmark is malformed');
  const rulesThere = parseThere(definition) ?? [];
  const { violations } = evaluatePolicy(request, rules);
  if (violations.length > 0)
    throw new Error(`the policy of the benchmark refuses its cluster: ${violations[0]?.path}`);
  const { ours, peer } = await alternate(
    15,
    () => microseconds(() => evaluatePolicy(request, rules)),
    () => microseconds(() => evaluateThere(request, rulesThere, { applyDefaults: true })),
  );
  const peerName = 'evaluator of the embedded workspace';
  return [{ name: 'policy-evaluate', ours, peer, peerName, unit: 'µs', ratio: ours / peer }];
}

function microseconds(work: () => unknown): number {
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) work();
  return ((performance.now() - start) * 1000) / ROUNDS;
}

function policyOfSixty(): JsonObject {
  const each = (count: number, rule: (index: number) => readonly [string, JsonObject]): JsonObject =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => rule(index)));
  return {
    cluster_type: { type: 'fixed', value: 'job' },
    dbus_per_hour: { type: 'range', maxValue: 20 },
    spark_version: {
      type: 'regex',
      pattern: '1[5-7]\\.[0-9]+\\.x-scala.*',
      defaultValue: '15.4.x-scala2.12',
    },
    node_type_id: { type: 'allowlist', values: ['m5.large', 'm5.xlarge'], defaultValue: 'm5.xlarge' },
    num_workers: { type: 'forbidden' },
    'autoscale.min_workers': { type: 'range', minValue: 1, maxValue: 2 },
    'autoscale.max_workers': { type: 'range', minValue: 1, maxValue: 4 },
    instance_pool_id: { type: 'forbidden' },
    'init_scripts.0.s3.destination': { type: 'fixed', value: 's3://scripts/first.sh' },
    'init_scripts.*': { type: 'forbidden' },
    docker_image: { type: 'forbidden' },
    'cluster_log_conf.type': { type: 'fixed', value: 'S3' },
    'cluster_log_conf.path': { type: 'fixed', value: 's3://logs/weather' },
    'aws_attributes.zone_id': { type: 'unlimited', defaultValue: 'auto' },
    'aws_attributes.instance_profile_arn': {
      type: 'fixed',
      value: 'arn:aws:iam::1:instance-profile/weather',
    },
    'custom_tags.team': { type: 'fixed', value: 'weather' },
    ...each(16, (index) => [`spark_conf.spark.setting.${index}`, { type: 'fixed', value: 'x' }]),
    ...each(12, (index) => [
      `spark_env_vars.OPTION_${index}`,
      { type: 'allowlist', values: ['a', 'b', 'c'], defaultValue: 'a' },
    ]),
    ...each(10, (index) => [
      `custom_tags.cost${index}`,
      { type: 'regex', pattern: '[a-z]+', isOptional: true },
    ]),
    ...each(6, (index) => [`spark_conf.spark.no.${index}`, { type: 'forbidden' }]),
  };
}

/** Of about what Hermes sends for a task. */
function cluster(): JsonObject {
  const names = ['ENVIRONMENT', 'READ_PREFIX', 'PRODUCTS_ZONE', 'INPUTS', 'OUTPUTS', 'UPLOADS'];
  const tags = ['project', 'dag', 'dag_run', 'task', 'version', 'commit', 'environment', 'compaas-service'];
  return {
    policy_id: 'P',
    apply_policy_default_values: true,
    autoscale: { min_workers: 1, max_workers: 2 },
    spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' },
    spark_env_vars: Object.fromEntries(names.map((name) => [`HERMES_${name}`, 'a value'])),
    custom_tags: { team: 'weather', ...Object.fromEntries(tags.map((name) => [name, 'value'])) },
  };
}
