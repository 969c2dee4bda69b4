import type { JsonObject } from '../../src/core/json.ts';

/** Airflow variables of an environment with one team. */
export const VARIABLES: JsonObject = {
  hermes_weather: {
    environment: 'dev',
    production: false,
    artifacts: 's3://acme',
    cluster_policy_id: 'P1',
    read_prefix: 'prod_',
    products_zone: 's3://products/weather',
    databricks_conn_id: 'databricks_default',
    datadog: { site: 'datadoghq.eu', tags: ['cost:42'] },
  },
};
/** The policy that they name. */
export const POLICY = {
  policyId: 'P1',
  name: 'weather-dev',
  definition: JSON.stringify({
    spark_version: { type: 'unlimited', defaultValue: '15.4.x-scala2.12' },
    node_type_id: { type: 'fixed', value: 'm5.xlarge' },
    'autoscale.min_workers': { type: 'fixed', value: 1 },
    'autoscale.max_workers': { type: 'fixed', value: 2 },
    'custom_tags.team': { type: 'fixed', value: 'weather' },
  }),
};
