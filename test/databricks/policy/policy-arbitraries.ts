import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import type { Scalar } from '../../../src/databricks/policy/cluster-attributes.ts';

const VERSION = '15.4.x-scala2.12';

/** Attributes with values that meet each other often, so that rules hit. */
const ATTRIBUTES: Readonly<Record<string, readonly Scalar[]>> = {
  num_workers: [0, 1, 2, 3, '2'],
  'autoscale.min_workers': [1, 2, 3, '1'],
  'autoscale.max_workers': [1, 2, 3, 8, '2'],
  spark_version: [VERSION, '14.3.x-scala2.12', 'auto:latest-lts'],
  node_type_id: ['m5.large', 'm5.xlarge', 'p4d.24xlarge', ''],
  instance_pool_id: ['pool-1', ''],
  'aws_attributes.zone_id': ['auto', 'eu-west-1a'],
  'aws_attributes.first_on_demand': [0, 1, '1'],
  enable_elastic_disk: [true, false, 'true'],
  'custom_tags.team': ['weather', 'ocean'],
  'custom_tags.cost.center': ['a', 'b', 7],
  'custom_tags.*': ['a'],
  'custom_tags.__proto__': ['a'],
  'spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs': ['false', 'true', false],
  'spark_env_vars.MODE': ['fast', 'slow', ''],
  'cluster_log_conf.type': ['S3', 'DBFS', 'NONE'],
  'cluster_log_conf.path': ['s3://logs/a', 'dbfs:/logs'],
  'cluster_log_conf.region': ['eu-west-1'],
  'init_scripts.0.s3.destination': ['s3://ok/0', 's3://ok/1'],
  'init_scripts.1.s3.destination': ['s3://ok/0', 's3://ok/1'],
  'workload_type.clients.jobs': [true, false],
  'brand_new.option': ['x', 1],
};
const RULE_ONLY: Readonly<Record<string, readonly Scalar[]>> = {
  'init_scripts.*.s3.destination': ['s3://ok/0', 's3://ok/1'],
  'init_scripts.*.s3.region': ['eu-west-1'],
  'init_scripts.999999999.s3.destination': ['s3://ok/0'],
  'init_scripts.*': ['x'],
  cluster_type: ['job', 'all-purpose'],
  dbus_per_hour: [10],
  policy_id: ['P'],
  'cluster_log_conf.s3.destination': ['s3://logs/a'],
};
const GROUPS = ['init_scripts.0', 'init_scripts', 'aws_attributes', 'custom_tags', 'docker_image'];

/** An element for an attribute with such values. */
function element(values: readonly Scalar[]): fc.Arbitrary<JsonObject> {
  const value = fc.constantFrom(...values);
  const limits = fc.record(
    {
      defaultValue: value,
      isOptional: fc.constantFrom<Json>(true, false, 'true'),
      hidden: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const limiting = (own: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> =>
    fc.tuple(own, limits).map(([one, more]) => ({ ...one, ...more }) as JsonObject);
  const bound = fc.constantFrom(0, 1, 2, 3, '2');
  const list = fc.array(value, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    value.map((one) => ({ type: 'fixed', value: one })),
    fc.constant({ type: 'forbidden' }),
    limiting(list.map((all) => ({ type: 'allowlist', values: all }))),
    limiting(list.map((all) => ({ type: 'blocklist', values: all }))),
    limiting(
      fc
        .constantFrom('m5\\..*', '[0-9]+', 's3://ok/.*', '(?i)WEATHER|a', '.*', 'eu\\-west\\-1.?')
        .map((pattern) => ({ type: 'regex', pattern })),
    ),
    limiting(bound.map((minValue) => ({ type: 'range', minValue }))),
    limiting(bound.map((maxValue) => ({ type: 'range', maxValue }))),
    limiting(fc.constant({ type: 'unlimited' })),
  );
}

/** A policy definition as a platform team may write it, sensible or not, but never malformed. */
export function policyDefinition(maxRules: number): fc.Arbitrary<JsonObject> {
  const single = fc
    .constantFrom(...Object.entries({ ...ATTRIBUTES, ...RULE_ONLY }))
    .chain(([path, values]) => element(values).map((rule) => [path, rule] as const));
  const group = fc.constantFrom(...GROUPS).map((path) => [path, { type: 'forbidden' }] as const);
  return fc
    .array(fc.oneof({ weight: 12, arbitrary: single }, { weight: 1, arbitrary: group }), {
      maxLength: maxRules,
    })
    .map((rules) => Object.fromEntries(rules));
}

/** Flat attributes of a request. */
export function requestedValues(maxValues: number): fc.Arbitrary<readonly (readonly [string, Scalar])[]> {
  const sizes = fc.constantFrom<readonly (readonly [string, Scalar])[]>(
    [],
    [['num_workers', 1]],
    [
      ['autoscale.min_workers', 1],
      ['autoscale.max_workers', 2],
    ],
  );
  const any = fc.array(
    fc
      .constantFrom(...Object.entries(ATTRIBUTES))
      .chain(([path, values]) => fc.constantFrom(...values).map((value) => [path, value] as const)),
    { maxLength: maxValues },
  );
  return fc
    .tuple(sizes, any)
    .map(([size, all]) => [...size, ...all])
    .map((all) => [...new Map(all)].filter(([path], _index, kept) => isReachable(path, kept)));
}

/** The second script of a list exists only beside a first one. */
function isReachable(path: string, all: readonly (readonly [string, Scalar])[]): boolean {
  return !path.startsWith('init_scripts.1') || all.some(([other]) => other.startsWith('init_scripts.0'));
}
