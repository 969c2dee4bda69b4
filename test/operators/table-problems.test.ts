import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findTableProblems, type TableRules } from '../../operators/table-problems.ts';
import type { TeamVariable } from '../../src/config/environment.ts';

const teamVariable: TeamVariable = {
  environment: 'dev',
  production: false,
  artifacts: 's3://a',
  cluster_policy_id: 'P',
  read_prefix: 'prod_',
  products_zone: 's3://p',
  databricks_conn_id: 'databricks_default',
  datadog: { site: 'datadoghq.eu', tags: [] },
};
const dev: TableRules = { name: 'dev', teamVariable, readPrefixes: { prod_: 'dev', prod_eu_: 'stage' } };
const found = (inputs: readonly string[], outputs: readonly string[], rules = dev): string[] =>
  findTableProblems('clean', { inputs, outputs }, rules).map(({ message, hint }) => `${message} ${hint}`);

describe('the tables that an environment refuses', () => {
  it('are outputs in a database of production, whichever environment reads it by that prefix', () => {
    assert.deepEqual(found([], ['products.x', 'prod_market.x', 'prod_eu_market.x', 'production.x']), [
      'Task "clean" writes prod_market.x, which belongs to production: prod_ is the read prefix of dev, and what is read there is never written. Write market.x: each environment has its own.',
      'Task "clean" writes prod_eu_market.x, which belongs to production: prod_eu_ is the read prefix of stage, and what is read there is never written. Write market.x: each environment has its own.',
    ]);
  });

  it('are inputs that carry the prefix already', () => {
    assert.deepEqual(found(['market.x', 'prod_market.x', 'prod_.x'], []), [
      'Task "clean" reads prod_market.x, which begins with prod_, the read prefix of dev. Write market.x: Hermes adds the prefix where it belongs.',
      'Task "clean" reads prod_.x, which begins with prod_, the read prefix of dev. Write the name without it: Hermes adds the prefix where it belongs.',
    ]);
  });

  it('are outputs outside of the databases of the Products zone, where the platform names them', () => {
    const named = { ...dev, teamVariable: { ...teamVariable, products_databases: ['products', 'climate'] } };
    assert.deepEqual(found(['market.x'], ['climate.x', 'prodcts.x', 'market.x'], named), [
      'Task "clean" writes prodcts.x, outside of the Products zone. Databases of dev that the team may write: products, climate. Did you mean products?',
      'Task "clean" writes market.x, outside of the Products zone. Databases of dev that the team may write: products, climate. Write products.x, or ask the platform team for the database.',
    ]);
    const none = { ...dev, teamVariable: { ...teamVariable, products_databases: [] } };
    assert.deepEqual(found([], ['market.x'], none), [
      'Task "clean" writes market.x, outside of the Products zone. Databases of dev that the team may write: none. Ask the platform team for a database.',
    ]);
  });

  it('are all outputs that begin with a known prefix, and no others where no databases are named', () => {
    const word = fc.stringMatching(/^[a-z_]{1,6}$/);
    fc.assert(
      fc.property(word, word, fc.array(word, { maxLength: 3 }), (database, name, prefixes) => {
        const rules = { ...dev, readPrefixes: Object.fromEntries(prefixes.map((prefix) => [prefix, 'dev'])) };
        const isRefused = found([], [`${database}.${name}`], rules).length > 0;
        assert.equal(
          isRefused,
          prefixes.some((prefix) => database.startsWith(prefix)),
        );
      }),
    );
  });
});
