import assert from 'node:assert/strict';
import { checkZones } from '../../../src/cli/doctor/zone-checks.ts';
import type { Environment, TeamVariable } from '../../../src/config/environment.ts';

function environment(name: string, change: Partial<TeamVariable> = {}): Environment {
  const teamVariable: TeamVariable = {
    environment: name,
    production: name === 'prod',
    artifacts: `s3://acme-${name}/hermes`,
    cluster_policy_id: 'P1',
    read_prefix: name === 'prod' ? '' : 'prod_',
    products_zone: `s3://acme-${name}/products`,
    databricks_conn_id: 'databricks_default',
    datadog: { site: 'datadoghq.com', tags: [] },
    ...change,
  };
  const { production, artifacts } = teamVariable;
  const facts = { name, team: 'weather', production, artifacts, teamVariable };
  return { ...facts, embedded: false, variables: {}, readPrefixes: {} };
}

const prod = environment('prod');
const findings = (change: Partial<TeamVariable>) => {
  const dev = environment('dev', change);
  return checkZones(dev, [dev, prod]);
};
const cure = 'Ask the platform team to correct hermes_weather in variables/dev.json.';

describe('what an environment may read and write', () => {
  it('is well with a prefix in development and none in production', () => {
    assert.deepEqual(
      [...findings({}), ...checkZones(prod, [environment('dev'), prod])].map(({ state }) => state),
      ['ok', 'ok'],
    );
  });

  it('is worth a warning without a prefix', () => {
    assert.deepEqual(findings({ read_prefix: '' }), [
      {
        name: 'dev read prefix',
        state: 'warning',
        detail: 'empty, so dev reads its own tables only and sees no data of production',
        cure,
      },
    ]);
  });

  it('clashes when the prefix begins the name of a database that runs write to', () => {
    assert.deepEqual(findings({ products_databases: ['products', 'prod_tests'] }), [
      {
        name: 'dev read prefix',
        state: 'failed',
        detail:
          'prod_ begins the name of database prod_tests of the Products zone, so reads of it go to production',
        cure,
      },
    ]);
  });

  it('is refused where development writes to the places of production', () => {
    const places = { artifacts: 's3://acme-prod/hermes/', products_zone: 's3://acme-prod/products' };
    assert.deepEqual(
      findings(places).flatMap(({ name, state, detail }) => (state === 'ok' ? [] : [[name, detail]])),
      [
        ['dev zones', 'the same artifact store as prod: s3://acme-prod/hermes'],
        ['dev zones', 'the same Products zone as prod: s3://acme-prod/products'],
      ],
    );
  });
});
