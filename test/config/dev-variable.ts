import type { TeamVariable } from '../../src/config/environment.ts';

/** The variable of a team in development, on S3. */
export function devVariable(policyId: string): TeamVariable {
  return {
    environment: 'dev',
    production: false,
    artifacts: 's3://acme-dev',
    cluster_policy_id: policyId,
    read_prefix: 'prod_',
    products_zone: 's3://acme-products-dev',
    databricks_conn_id: 'databricks_default',
    datadog: { site: 'datadoghq.eu', tags: [] },
  };
}
