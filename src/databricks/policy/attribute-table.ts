export type AttributeKind = 'text' | 'number' | 'boolean';

const NUMBERS = [
  'autoscale.min_workers',
  'autoscale.max_workers',
  'num_workers',
  'autotermination_minutes',
  ...under('aws_attributes', [
    'ebs_volume_count',
    'ebs_volume_size',
    'ebs_volume_iops',
    'ebs_volume_throughput',
    'first_on_demand',
    'spot_bid_price_percent',
  ]),
  ...under('azure_attributes', ['first_on_demand', 'spot_bid_max_price']),
  ...under('gcp_attributes', ['first_on_demand', 'local_ssd_count', 'boot_disk_size']),
  'dbus_per_hour',
];
const BOOLEANS = [
  'enable_elastic_disk',
  'enable_local_disk_encryption',
  'is_single_node',
  'use_ml_runtime',
  'workload_type.clients.jobs',
  'workload_type.clients.notebooks',
];
const TEXTS = [
  ...under('aws_attributes', ['availability', 'ebs_volume_type', 'instance_profile_arn', 'zone_id']),
  ...under('azure_attributes', ['availability']),
  ...under('gcp_attributes', ['availability', 'google_service_account', 'zone_id']),
  ...under('cluster_log_conf', ['type', 'path', 'region']),
  'cluster_name',
  'cluster_type',
  'data_security_mode',
  ...under('docker_image', ['url', 'basic_auth.username', 'basic_auth.password']),
  'driver_instance_pool_id',
  'driver_node_type_id',
  'instance_pool_id',
  'kind',
  'node_type_id',
  'runtime_engine',
  'single_user_name',
  'spark_version',
  'ssh_public_keys.*',
  ...['abfss', 'dbfs', 'file', 'gcs', 's3', 'volumes', 'workspace'].map(
    (store) => `init_scripts.*.${store}.destination`,
  ),
  'init_scripts.*.s3.region',
];

/**
 * Every attribute that policies are documented to speak of, and the kind of its values; elements of lists under `*`.
 * https://docs.databricks.com/aws/en/admin/clusters/policy-definition
 */
export const ATTRIBUTES: ReadonlyMap<string, AttributeKind> = new Map<string, AttributeKind>([
  ...NUMBERS.map((path) => [path, 'number'] as const),
  ...BOOLEANS.map((path) => [path, 'boolean'] as const),
  ...TEXTS.map((path) => [path, 'text'] as const),
]);

function under(group: string, names: readonly string[]): string[] {
  return names.map((name) => `${group}.${name}`);
}
