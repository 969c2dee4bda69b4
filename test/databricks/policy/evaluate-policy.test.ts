import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/json.ts';
import { evaluate, RANGE } from './evaluate.ts';

const LOGS = 'spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs';
interface Case {
  readonly behaviour: string;
  readonly policy: JsonObject;
  readonly request: JsonObject;
  /** The one violation, as path, rule and fix. */
  readonly refusal: readonly [path: string, rule: string, fix: string];
}

const refusals: readonly Case[] = [
  {
    behaviour: 'another value of a fixed tag, as the jobs API does',
    policy: { 'custom_tags.CostCenter': { type: 'fixed', value: 'from-fixed' } },
    request: { custom_tags: { CostCenter: 'not-what-the-policy-says' } },
    refusal: ['custom_tags.CostCenter', 'is fixed to "from-fixed"', 'Leave it out: the policy fills it in.'],
  },
  {
    behaviour: 'another value of a fixed field, as the jobs API does',
    policy: { spark_version: { type: 'fixed', value: 'policy-version' } },
    request: { spark_version: 'user-version' },
    refusal: ['spark_version', 'is fixed to "policy-version"', 'Leave it out: the policy fills it in.'],
  },
  {
    behaviour: 'what is forbidden',
    policy: { instance_pool_id: { type: 'forbidden' } },
    request: { instance_pool_id: 'pool-1' },
    refusal: ['instance_pool_id', 'is forbidden', 'Leave it out.'],
  },
  {
    behaviour: 'whatever lies in a forbidden group',
    policy: { init_scripts: { type: 'forbidden' } },
    request: { init_scripts: [{ s3: { destination: 's3://x' } }] },
    refusal: ['init_scripts.0.s3.destination', 'is forbidden', 'Leave it out.'],
  },
  {
    behaviour: 'what an allowlist does not name, and knows the nearest that it does',
    policy: { node_type_id: { type: 'allowlist', values: ['m5.large', 'm5.xlarge'], isOptional: true } },
    request: { node_type_id: 'm5.xlrge' },
    refusal: ['node_type_id', 'must be one of "m5.large", "m5.xlarge"', 'Take "m5.xlarge", or leave it out.'],
  },
  {
    behaviour: 'what a blocklist names',
    policy: {
      node_type_id: { type: 'blocklist', values: ['p4d.24xlarge'], defaultValue: 'm5.large' },
    },
    request: { node_type_id: 'p4d.24xlarge' },
    refusal: [
      'node_type_id',
      'must not be "p4d.24xlarge"',
      'Take another value, or leave it out: the policy gives "m5.large".',
    ],
  },
  {
    behaviour: 'more than the end of a range',
    policy: { num_workers: { type: 'range', minValue: 1, maxValue: 2 } },
    request: { num_workers: 8 },
    refusal: ['num_workers', 'must be from 1 to 2', 'Take 2.'],
  },
  {
    behaviour: 'less than the start of a range',
    policy: { num_workers: { type: 'range', minValue: 2 } },
    request: { num_workers: 1 },
    refusal: ['num_workers', 'must be at least 2', 'Take 2.'],
  },
  {
    behaviour: 'no number where a range wants one, not even an empty text',
    policy: { autotermination_minutes: { type: 'range', maxValue: 10 } },
    request: { autotermination_minutes: '' },
    refusal: ['autotermination_minutes', 'must be at most 10', 'Take a number at most 10.'],
  },
  {
    behaviour: 'a value of which a pattern matches a part only',
    policy: { 'spark_env_vars.MODE': { type: 'regex', pattern: 'fast|slow' } },
    request: { spark_env_vars: { MODE: 'faster' } },
    refusal: ['spark_env_vars.MODE', 'must match fast|slow', 'Write it as the pattern wants it.'],
  },
  {
    behaviour: 'the lack of what a limiting element speaks of',
    policy: { 'custom_tags.cost.center': { type: 'allowlist', values: ['a', 'b'] } },
    request: {},
    refusal: ['custom_tags.cost.center', 'must be present', 'Set it to one of "a", "b".'],
  },
  {
    behaviour: 'the lack of a tag that would be there by default, when no defaults are asked for',
    policy: { 'custom_tags.team': { type: 'unlimited', defaultValue: 'weather' } },
    request: {
      spark_version: '15',
      node_type_id: 'm5.large',
      num_workers: 1,
      apply_policy_default_values: false,
    },
    refusal: [
      'custom_tags.team',
      'must be present',
      'Set apply_policy_default_values to true: the policy gives "weather".',
    ],
  },
  {
    behaviour: 'elements of a list that no index but a * speaks of',
    policy: {
      'init_scripts.0.s3.destination': { type: 'fixed', value: 's3://ok/0' },
      'init_scripts.*.s3.destination': { type: 'forbidden' },
    },
    request: { init_scripts: [{ s3: { destination: 's3://ok/0' } }, { s3: { destination: 's3://no/1' } }] },
    refusal: ['init_scripts.1.s3.destination', 'is forbidden', 'Leave it out.'],
  },
  {
    behaviour: 'job clusters where the policy is for others',
    policy: { cluster_type: { type: 'fixed', value: 'all-purpose' } },
    request: {},
    refusal: [
      'cluster_type',
      'is fixed to "all-purpose"',
      'Ask the platform team, which owns the policy, to admit "job": Hermes makes job clusters only.',
    ],
  },
  {
    behaviour: 'the switch that shows logs to viewers, and says what that costs and who can change it',
    policy: { [LOGS]: { type: 'fixed', value: 'true' } },
    request: { spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' } },
    refusal: [
      LOGS,
      'is fixed to "true"',
      'Without it only those who manage the run see its driver log, no other group that it lists. Ask the platform team, which owns the policy, to allow or to fix "false".',
    ],
  },
  {
    behaviour: 'a number of workers beside a range from the policy',
    policy: {
      'autoscale.min_workers': { type: 'fixed', value: 1 },
      'autoscale.max_workers': { type: 'fixed', value: 2 },
    },
    request: { num_workers: 8 },
    refusal: ['num_workers', 'excludes autoscale', 'Leave it out: the policy gives autoscale.'],
  },
  {
    behaviour: 'a cluster without a runtime',
    policy: { spark_version: { type: 'unlimited', isOptional: true } },
    request: {},
    refusal: [
      'spark_version',
      'must be given by the request or the policy',
      'Ask the platform team, which owns the policy, to fix it or to give it a defaultValue.',
    ],
  },
];

describe('a cluster under a policy', () => {
  for (const { behaviour, policy, request, refusal } of refusals)
    it(`may not have ${behaviour}`, () => {
      const { violations } = evaluate(policy, request);
      assert.deepEqual(
        violations.map(({ path, rule, fix }) => [path, rule, fix]),
        [refusal],
      );
    });

  it('is sent without what the policy fixes, and made with it', () => {
    const policy = {
      'custom_tags.team': { type: 'fixed', value: 'weather' },
      'autoscale.min_workers': { type: 'fixed', value: 1 },
      'autoscale.max_workers': { type: 'fixed', value: 4 },
      'cluster_log_conf.type': { type: 'fixed', value: 'S3' },
      'cluster_log_conf.path': { type: 'fixed', value: 's3://logs' },
    };
    const logs = { cluster_log_conf: { s3: { destination: 's3://logs' } } };
    const { request, cluster, sources, violations } = evaluate(policy, {
      ...RANGE,
      ...logs,
      custom_tags: { team: 'weather', project: 'observations' },
    });
    assert.deepEqual(violations, []);
    assert.deepEqual(request, {
      policy_id: 'P',
      apply_policy_default_values: true,
      custom_tags: { project: 'observations' },
    });
    assert.deepEqual(cluster, {
      policy_id: 'P',
      ...logs,
      custom_tags: { team: 'weather', project: 'observations' },
      autoscale: { min_workers: 1, max_workers: 4 },
      spark_version: '15.4.x-scala2.12',
      node_type_id: 'm5.large',
    });
    assert.deepEqual(sources, {
      'cluster_log_conf.type': 'policy',
      'cluster_log_conf.path': 'policy',
      'custom_tags.team': 'policy',
      'custom_tags.project': 'request',
      'autoscale.min_workers': 'policy',
      'autoscale.max_workers': 'policy',
      spark_version: 'policy default',
      node_type_id: 'policy default',
    });
  });

  it('gets fixed values without the flag and defaults only with it', () => {
    const policy = {
      'custom_tags.fixed': { type: 'fixed', value: 'f' },
      'custom_tags.default': { type: 'unlimited', defaultValue: 'd', isOptional: true },
    };
    const without = evaluate(policy, { apply_policy_default_values: false, num_workers: 1 });
    assert.deepEqual(without.cluster.custom_tags, { fixed: 'f' });
    assert.deepEqual(evaluate(policy, {}).cluster.custom_tags, { fixed: 'f', default: 'd' });
  });

  it('keeps the elements of a list, which count by their place', () => {
    const policy = { 'init_scripts.0.s3.destination': { type: 'fixed', value: 's3://a' } };
    const scripts = { init_scripts: [{ s3: { destination: 's3://a' } }, { s3: { destination: 's3://b' } }] };
    assert.deepEqual(evaluate(policy, scripts).request.init_scripts, scripts.init_scripts);
  });

  it('leaves to the workspace what auto: versions and patterns of Java alone decide, and says so', () => {
    const alias = evaluate(
      { spark_version: { type: 'allowlist', values: ['auto:latest-lts', '14.3'] } },
      { spark_version: '15.4.x-scala2.12' },
    );
    assert.deepEqual(alias.violations, []);
    assert.deepEqual(alias.unjudged, [
      'spark_version = "15.4.x-scala2.12" must be one of "auto:latest-lts", "14.3": an auto: version is known to the workspace only, so the workspace decides.',
    ]);
    const possessive = { 'spark_env_vars.MODE': { type: 'regex', pattern: 'a*+b' } };
    assert.deepEqual(evaluate(possessive, { spark_env_vars: { MODE: 'c' } }).unjudged, [
      'spark_env_vars.MODE = "c" must match a*+b: the pattern is written for Java, so the workspace decides.',
    ]);
  });

  it('needs no log destination where the policy wants none', () => {
    const none = { 'cluster_log_conf.type': { type: 'allowlist', values: ['NONE', 'S3'] } };
    assert.deepEqual(evaluate(none, {}).violations, []);
    const s3 = { 'cluster_log_conf.type': { type: 'allowlist', values: ['S3'] } };
    assert.equal(evaluate(s3, {}).violations[0]?.path, 'cluster_log_conf.type');
  });

  it('costs at most what the policy says', () => {
    assert.equal(evaluate({ dbus_per_hour: { type: 'range', maxValue: 12 } }, {}).dbusPerHourAtMost, 12);
    assert.equal('dbusPerHourAtMost' in evaluate({}, {}), false);
  });

  it('takes keys of maps for what they are, however they are called', () => {
    const { cluster, sources } = evaluate(
      { 'custom_tags.__proto__': { type: 'fixed', value: 'x' } },
      { custom_tags: { constructor: 'y' } },
    );
    assert.equal(JSON.stringify(cluster.custom_tags), '{"constructor":"y","__proto__":"x"}');
    assert.equal(sources['custom_tags.__proto__'], 'policy');
  });
});
