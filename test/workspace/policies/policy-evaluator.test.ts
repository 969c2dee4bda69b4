import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject } from '../../../src/core/json.ts';
import { flattenCluster, withPath } from '../../../src/workspace/policies/cluster-paths.ts';
import { parsePolicyDefinition } from '../../../src/workspace/policies/policy-definition.ts';
import { evaluatePolicy } from '../../../src/workspace/policies/policy-evaluator.ts';

interface Case {
  readonly behaviour: string;
  readonly policy: JsonObject;
  readonly request: JsonObject;
  readonly defaults?: boolean;
  readonly spec?: JsonObject;
  readonly violations?: readonly string[];
}

// The first four rows: what the cloud was seen to do, reference/databricks.md §3.3.
const cases: readonly Case[] = [
  {
    behaviour: 'supplies a fixed value without the flag',
    policy: { 'custom_tags.CostCenter': { type: 'fixed', value: 'c1' } },
    request: {},
    spec: { custom_tags: { CostCenter: 'c1' } },
  },
  {
    behaviour: 'does not supply a default without the flag',
    policy: { 'custom_tags.CostCenter': { type: 'unlimited', defaultValue: 'c1', isOptional: true } },
    request: {},
    spec: {},
  },
  {
    behaviour: 'supplies a default with the flag',
    policy: { 'custom_tags.CostCenter': { type: 'unlimited', defaultValue: 'c1' } },
    request: {},
    defaults: true,
    spec: { custom_tags: { CostCenter: 'c1' } },
  },
  {
    behaviour: 'supplies a fixed value with the flag',
    policy: { spark_version: { type: 'fixed', value: '15.4.x-scala2.12' } },
    request: {},
    defaults: true,
    spec: { spark_version: '15.4.x-scala2.12' },
  },
  {
    behaviour: 'merges tags of policy and request',
    policy: { 'custom_tags.zrl.team': { type: 'fixed', value: 'a' } },
    request: { custom_tags: { mine: 'b' } },
    spec: { custom_tags: { mine: 'b', 'zrl.team': 'a' } },
  },
  {
    behaviour: 'refuses another value than a fixed tag, in the words of the jobs API',
    policy: { 'custom_tags.CostCenter': { type: 'fixed', value: 'from-fixed' } },
    request: { custom_tags: { CostCenter: 'not-what-the-policy-says' } },
    violations: [
      'Validation failed for custom_tags, CostCenter must be from-fixed (is "not-what-the-policy-says")',
    ],
  },
  {
    behaviour: 'refuses another value than a fixed field, in the words of the jobs API',
    policy: { spark_version: { type: 'fixed', value: 'policy-version' } },
    request: { spark_version: 'user-version' },
    violations: ['Validation failed for spark_version must be policy-version (is "user-version")'],
  },
  {
    behaviour: 'takes the fixed value when it comes as text',
    policy: { 'autoscale.min_workers': { type: 'fixed', value: 1 } },
    request: { autoscale: { min_workers: '1', max_workers: 2 } },
    spec: { autoscale: { min_workers: '1', max_workers: 2 } },
  },
  {
    behaviour: 'refuses what is forbidden and takes its absence',
    policy: { num_workers: { type: 'forbidden' }, instance_pool_id: { type: 'forbidden' } },
    request: { num_workers: 8 },
    violations: ['Validation failed for num_workers, the value must not be present (is "8")'],
  },
  {
    behaviour: 'keeps to a range, both ends included',
    policy: { num_workers: { type: 'range', minValue: 1, maxValue: 10 } },
    request: { num_workers: 11 },
    violations: ['Validation failed for num_workers, the value must be at most 10 (is "11")'],
  },
  {
    behaviour: 'takes the end of a range',
    policy: { num_workers: { type: 'range', minValue: 1, maxValue: 10 } },
    request: { num_workers: 10 },
    spec: { num_workers: 10 },
  },
  {
    behaviour: 'takes only what an allowlist names',
    policy: { node_type_id: { type: 'allowlist', values: ['m5.large', 'm5.xlarge'] } },
    request: { node_type_id: 'p4d.24xlarge' },
    violations: [
      'Validation failed for node_type_id, the value must be one of m5.large, m5.xlarge (is "p4d.24xlarge")',
    ],
  },
  {
    behaviour: 'refuses what a blocklist names',
    policy: { node_type_id: { type: 'blocklist', values: ['p4d.24xlarge'] } },
    request: { node_type_id: 'p4d.24xlarge' },
    violations: [
      'Validation failed for node_type_id, the value must not be one of p4d.24xlarge (is "p4d.24xlarge")',
    ],
  },
  {
    behaviour: 'matches a pattern against the whole value',
    policy: { node_type_id: { type: 'regex', pattern: 'm5\\.[a-z]+' } },
    request: { node_type_id: 'm5.large-and-more' },
    violations: [
      'Validation failed for node_type_id, the value must match m5\\.[a-z]+ (is "m5.large-and-more")',
    ],
  },
  {
    behaviour: 'requires what is limited',
    policy: { 'spark_conf.X': { type: 'unlimited' }, node_type_id: { type: 'regex', pattern: '.*' } },
    request: {},
    violations: [
      'Validation failed for spark_conf, X must be present',
      'Validation failed for node_type_id must be present',
    ],
  },
  {
    behaviour: 'does not require what is limited but optional',
    policy: { 'spark_conf.X': { type: 'unlimited', isOptional: true } },
    request: {},
    spec: {},
  },
  {
    behaviour: 'checks every element that a wildcard names and no index does',
    policy: {
      'init_scripts.0.s3.destination': { type: 'fixed', value: 's3://ok/0' },
      'init_scripts.*.s3.destination': { type: 'forbidden' },
    },
    request: {
      init_scripts: [{ s3: { destination: 's3://ok/0' } }, { s3: { destination: 's3://other/1' } }],
    },
    violations: [
      'Validation failed for init_scripts.1.s3.destination, the value must not be present (is "s3://other/1")',
    ],
  },
  {
    behaviour: 'speaks of log delivery by its own paths',
    policy: {
      'cluster_log_conf.type': { type: 'fixed', value: 'S3' },
      'cluster_log_conf.path': { type: 'fixed', value: 's3://logs/weather' },
      'cluster_log_conf.region': { type: 'fixed', value: 'eu-west-1' },
    },
    request: {},
    spec: { cluster_log_conf: { s3: { destination: 's3://logs/weather', region: 'eu-west-1' } } },
  },
  {
    behaviour: 'puts the parts of a log destination together in whatever order they come',
    policy: {
      'cluster_log_conf.region': { type: 'fixed', value: 'eu-west-1' },
      'cluster_log_conf.path': { type: 'fixed', value: 's3://logs/weather' },
    },
    request: {},
    spec: { cluster_log_conf: { s3: { destination: 's3://logs/weather', region: 'eu-west-1' } } },
  },
  {
    behaviour: 'takes the lack of a log destination for the kind NONE',
    policy: { 'cluster_log_conf.type': { type: 'fixed', value: 'NONE' } },
    request: {},
    spec: {},
  },
  {
    behaviour: 'makes a version of an alias, and admits it where the alias is allowed',
    policy: { spark_version: { type: 'allowlist', values: ['auto:latest-lts'] } },
    request: { spark_version: '17.3.x-scala2.13' },
    spec: { spark_version: '17.3.x-scala2.13' },
  },
  {
    behaviour: 'makes no list as long as a far index',
    policy: { 'init_scripts.999999999.s3.destination': { type: 'fixed', value: 's3://a' } },
    request: {},
    spec: {},
    violations: ['Validation failed for init_scripts.999999999.s3.destination must be present'],
  },
  {
    behaviour: 'takes a job cluster for what it is',
    policy: {
      cluster_type: { type: 'fixed', value: 'all-purpose' },
      dbus_per_hour: { type: 'range', maxValue: 1 },
    },
    request: {},
    violations: ['Validation failed for cluster_type must be all-purpose (is "job")'],
  },
];

describe('the policy evaluator', () => {
  for (const { behaviour, policy, request, defaults = false, spec, violations = [] } of cases) {
    it(behaviour, () => {
      const rules = parsePolicyDefinition(JSON.stringify(policy));
      assert.ok(rules !== undefined);
      const evaluated = evaluatePolicy(request, rules, { applyDefaults: defaults });
      assert.deepEqual(evaluated.violations, violations);
      if (spec !== undefined) assert.deepEqual(evaluated.spec, spec);
    });
  }

  it('says where each value comes from', () => {
    const rules = parsePolicyDefinition(
      JSON.stringify({
        spark_version: { type: 'fixed', value: '15.4' },
        node_type_id: { type: 'unlimited', defaultValue: 'm5.large' },
        'autoscale.min_workers': { type: 'fixed', value: 1 },
      }),
    );
    const request = { autoscale: { min_workers: 1, max_workers: 2 } };
    assert.deepEqual(evaluatePolicy(request, rules ?? [], { applyDefaults: true }).sources, {
      'autoscale.min_workers': 'policy fixed',
      'autoscale.max_workers': 'request',
      spark_version: 'policy fixed',
      node_type_id: 'policy default',
    });
  });

  it('does not require limited attributes when told so', () => {
    const rules = parsePolicyDefinition('{"node_type_id":{"type":"unlimited"}}') ?? [];
    assert.deepEqual(
      evaluatePolicy({}, rules, { applyDefaults: false, limitsRequire: false }).violations,
      [],
    );
  });

  it('obeys every fixed value in whatever it lets through', () => {
    const name = fc.constantFrom(
      'node_type_id',
      'custom_tags.a.b',
      'spark_conf.x',
      'autoscale.min_workers',
      'num_workers',
    );
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.dictionary(name, value), (fixed, asked) => {
        const policy = Object.fromEntries(
          Object.entries(fixed).map(([path, item]) => [path, { type: 'fixed', value: item }]),
        );
        let request: JsonObject = {};
        for (const [path, item] of Object.entries(asked)) request = withPath(request, path, item);
        const rules = parsePolicyDefinition(JSON.stringify(policy)) ?? [];
        const { spec, violations } = evaluatePolicy(request, rules, { applyDefaults: false });
        if (violations.length > 0) return;
        for (const [path, item] of Object.entries(fixed))
          assert.equal(String(flattenCluster(spec).get(path)), String(item));
      }),
    );
  });
});

describe('a policy definition', () => {
  const malformed = [
    '[]',
    '{',
    '{"a":[]}',
    '{"a":{"value":1}}',
    '{"a":{"type":"fixed"}}',
    '{"a":{"type":"allowlist"}}',
    '{"a":{"type":"range"}}',
    '{"a":{"type":"range","maxValue":"x"}}',
    '{"a":{"type":"range","maxValue":""}}',
    '{"a":{"type":"range","maxValue":true}}',
    '{"a":{"type":"regex","pattern":"("}}',
    '{"a":{"type":"other"}}',
  ];
  for (const definition of malformed)
    it(`is malformed as ${definition}`, () => assert.equal(parsePolicyDefinition(definition), undefined));

  it('may be empty', () => assert.deepEqual(parsePolicyDefinition(''), []));
});
