import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveHome } from '../../src/config/home.ts';
import { resolveEnvironment, resolveTeam } from '../../src/config/resolve-environment.ts';
import { temporaryFolder } from '../setup.ts';

const variable = {
  environment: 'prod',
  production: true,
  artifacts: 's3://acme-prod/hermes/',
  cluster_policy_id: '9A8B7C',
  read_prefix: '',
  products_zone: 's3://acme-prod-products/weather',
  databricks_conn_id: 'databricks_weather',
  datadog: { site: 'datadoghq.eu', tags: ['cost-center:42'] },
};

function airflowRepository(files: Readonly<Record<string, unknown>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, 'dags'));
  mkdirSync(join(folder, 'variables'));
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    writeFileSync(join(folder, 'variables', `${name}.json`), text);
  }
  return folder;
}

function resolve(folder: string, name: string) {
  return resolveEnvironment({ name, team: 'weather', folder, home: resolveHome(folder, {}) });
}

describe('an environment', () => {
  it('that no file describes is embedded on this machine', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.git'));
    const teamVariable = {
      environment: 'dev',
      production: false,
      artifacts: `file://${folder}/.hermes/artifacts/dev`,
      cluster_policy_id: '',
      read_prefix: 'prod_',
      products_zone: `file://${folder}/.hermes/products/dev`,
      uploads: `file://${folder}/.hermes/uploads/weather`,
      databricks_conn_id: 'databricks_default',
      datadog: { site: 'datadoghq.com', tags: [] },
    };
    assert.deepEqual(resolve(folder, 'dev'), {
      name: 'dev',
      team: 'weather',
      production: false,
      embedded: true,
      artifacts: `file://${folder}/.hermes/artifacts/dev`,
      teamVariable,
      readPrefixes: { prod_: 'dev' },
      variables: { hermes_weather: teamVariable },
    });
    const production = resolve(folder, 'prod');
    assert.equal(production.production, true);
    assert.equal(production.teamVariable.read_prefix, '');
    assert.equal(production.teamVariable.uploads, undefined);
    assert.deepEqual(production.readPrefixes, { prod_: 'dev' });
  });

  it('is what the variable of the team says, and keeps the other variables of the file', () => {
    const folder = airflowRepository({ prod: { hermes_weather: variable, threshold: 3 } });
    assert.deepEqual(resolve(join(folder, 'dags'), 'prod'), {
      name: 'prod',
      team: 'weather',
      production: true,
      embedded: false,
      artifacts: 's3://acme-prod/hermes',
      teamVariable: variable,
      readPrefixes: { prod_: 'dev' },
      variables: { hermes_weather: variable, threshold: 3 },
    });
  });

  it('without a team variable is embedded, with the variables of its file', () => {
    const { embedded, variables } = resolve(airflowRepository({ dev: { threshold: 3 } }), 'dev');
    assert.equal(embedded, true);
    assert.equal(variables.threshold, 3);
  });

  it('takes the store of hermes.yaml', () => {
    const folder = airflowRepository({});
    writeFileSync(
      join(folder, 'hermes.yaml'),
      'hermes: ^1.0\nteam: weather\nartifacts: {stage: s3://acme-stage}\n',
    );
    assert.equal(resolve(folder, 'stage').artifacts, 's3://acme-stage');
    assert.equal(resolve(folder, 'stage').embedded, false);
  });

  it('with two stores is refused', () => {
    const folder = airflowRepository({ prod: { hermes_weather: variable } });
    writeFileSync(
      join(folder, 'hermes.yaml'),
      'hermes: ^1.0\nteam: weather\nartifacts: {prod: s3://other}\n',
    );
    assert.throws(() => resolve(folder, 'prod'), {
      code: 'HERMES_TWO_STORES',
      message:
        'Cannot tell where the artifacts of prod are [hermes.yaml=s3://other, variables/prod.json=s3://acme-prod/hermes/]: hermes.yaml and the variable hermes_weather disagree.',
    });
  });

  it('knows the read prefixes of the other environments, and leaves mistakes in their files to them', () => {
    const development = { ...variable, environment: 'dev', production: false, read_prefix: 'live_' };
    const stage = { ...development, environment: 'stage', read_prefix: 'live_eu_' };
    const files = { dev: { hermes_weather: development }, stage: { hermes_weather: stage } };
    const folder = airflowRepository({ ...files, prod: { hermes_weather: variable }, test: 'no JSON' });
    assert.deepEqual(resolve(folder, 'prod').readPrefixes, { live_: 'dev', live_eu_: 'stage' });
    assert.deepEqual(resolve(folder, 'stage').readPrefixes, { live_eu_: 'stage', live_: 'dev' });
  });

  it('takes tags only as Datadog keeps them, since every run carries them as they stand', () => {
    const tags = ['cost-center:42', 'Domain:Climate', 'climate', 'team:ocean'];
    const folder = airflowRepository({
      prod: { hermes_weather: { ...variable, datadog: { site: 'datadoghq.eu', tags } } },
    });
    assert.throws(() => resolve(folder, 'prod'), {
      message: [
        'variables/prod.json:14:9  hermes_weather.datadog.tags.1: "Domain:Climate" must be written as Datadog keeps it: domain:climate',
        'variables/prod.json:15:9  hermes_weather.datadog.tags.2: "climate" must be key:value.',
        'variables/prod.json:16:9  hermes_weather.datadog.tags.3: The tag "team:ocean" is refused: Hermes sets team for each task.',
      ].join('\n'),
    });

    it('takes databases and uploads as the platform names them', () => {
      const named = {
        ...variable,
        environment: 'dev',
        production: false,
        products_databases: ['products'],
        uploads: 's3://uploads',
      };
      const folder = airflowRepository({ dev: { hermes_weather: named } });
      assert.deepEqual(resolve(folder, 'dev').teamVariable, named);
      const wrong = airflowRepository({
        dev: { hermes_weather: { ...named, products_databases: ['Products'] } },
      });
      assert.throws(() => resolve(wrong, 'dev'), {
        message:
          'variables/dev.json:17:7  hermes_weather.products_databases.0 = "Products" is refused: lower-case letters, digits and "_" only.',
      });
    });

    it('of an unknown name is refused with the names that there are', () => {
      const folder = airflowRepository({ stage: {} });
      assert.throws(() => resolve(folder, 'stgae'), {
        code: 'HERMES_UNKNOWN_ENVIRONMENT',
        message: 'There is no environment "stgae". Known here: dev, prod, stage.',
        nextStep: 'Did you mean stage?',
      });
      assert.throws(() => resolve(folder, '../../etc/passwd'), { code: 'HERMES_UNKNOWN_ENVIRONMENT' });
    });

    it('tells every mistake in the variable of the team', () => {
      const { artifacts: _, ...rest } = variable;
      const folder = airflowRepository({
        prod: { hermes_weather: { ...rest, production: 'yes', polcy: 1 } },
      });
      assert.throws(() => resolve(folder, 'prod'), {
        message: [
          'variables/prod.json:2:21  hermes_weather.artifacts is missing.',
          'variables/prod.json:4:19  hermes_weather.production must be true or false, not "yes".',
          'variables/prod.json:15:5  hermes_weather.polcy is not a key of a team variable. Allowed: environment, production, artifacts, cluster_policy_id, read_prefix, products_zone, products_databases, uploads, databricks_conn_id, datadog.',
        ].join('\n'),
      });
    });

    it('refuses values that contradict each other', () => {
      const contradicting = {
        ...variable,
        cluster_policy_id: '',
        read_prefix: 'prod_',
        products_zone: 'file:///x',
        uploads: 's3://acme-uploads/weather',
      };
      const folder = airflowRepository({ stage: { hermes_weather: contradicting } });
      assert.throws(() => resolve(folder, 'stage'), {
        message: [
          'variables/stage.json:3:20   hermes_weather.environment = "prod" does not agree with the file\'s name: stage.',
          'variables/stage.json:7:20   hermes_weather.read_prefix = "prod_" must be empty in production: it reads its own data only.',
          'variables/stage.json:16:16  hermes_weather.uploads has no place in production: its data comes from pipelines.',
          'variables/stage.json:6:26   hermes_weather.cluster_policy_id is empty; the platform sets it when it enrols the team.',
          'variables/stage.json:8:22   hermes_weather.products_zone and artifacts must both be on S3, or both be folders of this machine.',
        ].join('\n'),
      });
    });

    it('whose file names another team only is refused, never taken for embedded', () => {
      const folder = airflowRepository({ prod: { hermes_wether: variable } });
      assert.throws(() => resolve(folder, 'prod'), {
        message:
          'variables/prod.json:2:3  The variable hermes_weather is missing. Team variables here: hermes_wether.',
      });
    });

    it('whose file is no JSON says where', () => {
      assert.throws(() => resolve(airflowRepository({ dev: '{\n  "a": 1,\n}' }), 'dev'), {
        message: 'variables/dev.json:3:1  This is not JSON: Expected double-quoted property name.',
      });
    });
  });

  describe('the team', () => {
    it('is the one given, else the one of hermes.yaml', () => {
      const folder = airflowRepository({});
      writeFileSync(join(folder, 'hermes.yaml'), 'hermes: ^1.0\nteam: weather\n');
      assert.equal(resolveTeam({ folder }), 'weather');
      assert.equal(resolveTeam({ folder, team: 'ocean' }), 'ocean');
    });

    it('must be told when nothing says it', () => {
      const folder = airflowRepository({});
      assert.throws(() => resolveTeam({ folder }), {
        code: 'HERMES_NO_TEAM',
        message: `Cannot tell which team this is for [folder=${folder}]: no team was given and no hermes.yaml is here.`,
        nextStep:
          'Add --team NAME, or work inside a repository with a hermes.yaml (hermes repo create makes one).',
      });
    });
  });
});
