import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlatformFile } from '../../src/config/platform-file.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { temporaryFolder } from '../setup.ts';

const DEV = `  dev:
    production: false
    artifacts: s3://acme-hermes-dev/artifacts
    cluster_policy: policies/dev.json
    profile: acme-dev
    read_prefix: prod_
    products_zone: s3://acme-products-dev/{team}
    products_databases: ["{team}_products"]
    uploads: s3://acme-uploads-dev/{team}
    databricks_conn_id: databricks_{team}
    aws_conn_id: aws_hermes
    datadog: { site: datadoghq.eu, tags: ["cost-center:{team}"] }
`;
const PROD = `  prod:
    production: true
    artifacts: s3://acme-hermes-prod/artifacts
    cluster_policy_id: 0011AABB
    read_prefix: ""
    products_zone: s3://acme-products-prod/{team}
    databricks_conn_id: databricks_default
    datadog: { site: datadoghq.eu, tags: [] }
`;

function read(text: string, teams: readonly string[] = ['weather']) {
  const folder = temporaryFolder();
  const path = join(folder, 'hermes.platform.yaml');
  writeFileSync(path, text);
  return { folder, platform: () => readPlatformFile(path, folder, teams) };
}

function refused(text: string, message: string, teams?: readonly string[]): void {
  assert.throws(read(text, teams).platform, { code: 'HERMES_PROBLEMS', message });
}

describe("the platform's file", () => {
  it('gives each team the variable of each environment, with its name in the texts', () => {
    const { folder, platform } = read(`environments:\n${DEV}${PROD}`, ['sea-life']);
    const [dev, prod] = platform().environments;
    assert.deepEqual(dev?.variableOf('sea-life'), {
      environment: 'dev',
      production: false,
      artifacts: 's3://acme-hermes-dev/artifacts',
      cluster_policy_id: '',
      read_prefix: 'prod_',
      products_zone: 's3://acme-products-dev/sea-life',
      products_databases: ['sea_life_products'],
      uploads: 's3://acme-uploads-dev/sea-life',
      databricks_conn_id: 'databricks_sea-life',
      aws_conn_id: 'aws_hermes',
      datadog: { site: 'datadoghq.eu', tags: ['cost-center:sea-life'] },
    });
    assert.deepEqual([dev?.policyFile, dev?.profile], [join(folder, 'policies/dev.json'), 'acme-dev']);
    assert.deepEqual([prod?.name, prod?.policyFile, prod?.profile], ['prod', undefined, undefined]);
    assert.equal(prod?.variableOf('sea-life').cluster_policy_id, '0011AABB');
  });

  it('is described by an example that can be read', () => {
    const page = readFileSync(join(packageRoot, 'docs', 'reference', 'platform-file.md'), 'utf8');
    const [, example = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
    assert.deepEqual(
      read(example)
        .platform()
        .environments.map(({ name }) => name),
      ['dev', 'prod'],
    );
  });

  it('tells every mistake with its place, once for all teams', () => {
    const text = `environments:
  dev:
    production: yes please
    artifacts: s3://A/x
    read_prefx: prod_
    products_zone: s3://acme-products-dev/{taem}
    databricks_conn_id: ""
    datadog: { site: datadoghq.eu, tags: [loose] }
  Prod: {}
`;
    const at = (place: string) => `hermes.platform.yaml:${place}`.padEnd('hermes.platform.yaml:8:43'.length);
    refused(
      text,
      [
        `${at('3:5')}  environments.dev.read_prefix is missing.`,
        `${at('3:17')}  environments.dev.production must be true or false, not "yes please".`,
        `${at('4:16')}  environments.dev.artifacts: "s3://A/x" names no bucket: "A" must be 3 to 63 lower-case letters, digits, "-" and ".", a letter or digit first and last.`,
        `${at('5:5')}  environments.dev.read_prefx is not a key of hermes.platform.yaml. Did you mean read_prefix?`,
        `${at('6:20')}  environments.dev.products_zone: {taem} stands for nothing; {team} stands for the name of the team.`,
        `${at('7:25')}  environments.dev.databricks_conn_id = "" is too small: at least 1 characters.`,
        `${at('8:43')}  environments.dev.datadog.tags.0: "loose" must be key:value.`,
        `${at('9:3')}  An environment is named in lower-case letters, as dev or prod.`,
      ].join('\n'),
      ['weather', 'energy'],
    );
  });

  it('refuses what only the name of one team makes wrong', () => {
    const text = `environments:\n${PROD.replace('s3://acme-hermes-prod/artifacts', 's3://acme-{team}')}`;
    assert.equal(read(text, ['weather']).platform().environments.length, 1);
    refused(
      text,
      'hermes.platform.yaml:4:16  environments.prod.artifacts: "s3://acme-sea_life" names no bucket: "acme-sea_life" must be 3 to 63 lower-case letters, digits, "-" and ".", a letter or digit first and last.',
      ['weather', 'sea_life'],
    );
  });

  it('refuses values that do not agree', () => {
    const wrong = PROD.replace('read_prefix: ""', 'read_prefix: prod_')
      .replace('0011AABB', '0011AABB\n    cluster_policy: p.json')
      .replace('s3://acme-products-prod/{team}', 'file:///products');
    refused(
      `environments:\n${wrong}`,
      [
        'hermes.platform.yaml:6:21  environments.prod.cluster_policy and cluster_policy_id both name the policy; keep one of them.',
        'hermes.platform.yaml:7:18  environments.prod.read_prefix = "prod_" must be empty in production: it reads its own data only.',
        'hermes.platform.yaml:8:20  environments.prod.products_zone and artifacts must both be on S3, or both be folders of this machine.',
      ].join('\n'),
    );
  });

  it('refuses a store or a zone that production shares with another environment', () => {
    const copied = PROD.replace('s3://acme-hermes-prod/artifacts', 's3://acme-hermes-dev/artifacts/').replace(
      's3://acme-products-prod',
      's3://acme-products-dev',
    );
    refused(
      `environments:\n${DEV}${copied}`,
      [
        'hermes.platform.yaml:16:16  environments.prod.artifacts is also that of dev: production has places of its own.',
        'hermes.platform.yaml:19:20  environments.prod.products_zone is also that of dev: production has places of its own.',
      ].join('\n'),
    );
  });

  it('wants a policy where the environment is not on this machine', () => {
    refused(
      `environments:\n${PROD.replace(/ {4}cluster_policy_id.*\n/, '')}`,
      'hermes.platform.yaml:3:5  environments.prod.cluster_policy_id is missing: name a policy that stands, or the file of a definition as cluster_policy.',
    );
  });

  it('judges what one key says also where others are unknown, missing or wrong', () => {
    const wrong = PROD.replace('read_prefix: ""', 'read_prefix: prod_\n    colour: red')
      .replace('0011AABB', '""')
      .replace(/ {4}databricks_conn_id.*\n/, '')
      .replace(/ {4}datadog.*\n/, '');
    refused(
      `environments:\n${wrong.replace('s3://acme-products-prod/{team}', 'file:///products')}`,
      [
        'hermes.platform.yaml:3:5   environments.prod.databricks_conn_id is missing.',
        'hermes.platform.yaml:3:5   environments.prod.datadog is missing.',
        'hermes.platform.yaml:5:24  environments.prod.cluster_policy_id = "" is too small: at least 1 characters.',
        'hermes.platform.yaml:6:18  environments.prod.read_prefix = "prod_" must be empty in production: it reads its own data only.',
        'hermes.platform.yaml:7:5   environments.prod.colour is not a key of hermes.platform.yaml. Allowed: production, artifacts, cluster_policy_id, read_prefix, products_zone, products_databases, uploads, databricks_conn_id, aws_conn_id, datadog, cluster_policy, profile, dags, airflow_api.',
        'hermes.platform.yaml:8:20  environments.prod.products_zone and artifacts must both be on S3, or both be folders of this machine.',
      ].join('\n'),
    );
  });

  it('tells mistakes in the definitions of policies together with its own', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'hermes.platform.yaml');
    writeFileSync(path, `environments:\n${DEV.replace('read_prefix: prod_', 'read_prefix: P')}`);
    const check = (policyFile: string, environment: string) => [
      { file: policyFile, message: `No policy of ${environment}.` },
    ];
    assert.throws(() => readPlatformFile(path, folder, ['weather'], check), {
      message: [
        `${'hermes.platform.yaml:7:18'.padEnd(join(folder, 'policies/dev.json').length)}  environments.dev.read_prefix = "P" is refused: lower-case letters, digits and "_" only.`,
        `${join(folder, 'policies/dev.json')}  No policy of dev.`,
      ].join('\n'),
    });
  });

  it('says where the Airflow of an environment reads the DAGs of a team, where the file says it', () => {
    const dags = '    dags: s3://acme-dags/{team}\n    airflow_api: https://airflow.acme.com\n';
    const { environments } = read(`environments:\n${DEV}${PROD}${dags}`).platform();
    assert.deepEqual(
      environments.map(({ airflowOf }) => airflowOf?.('sea-life')),
      [undefined, { dags: 's3://acme-dags/sea-life', api: 'https://airflow.acme.com' }],
    );
    refused(
      `environments:\n${PROD}    dags: git+https://acme.com/dags.git\n`,
      'hermes.platform.yaml:10:11  environments.prod.dags: "git+https://acme.com/dags.git" names no branch. For example: git+https://acme.com/dags.git#main',
    );
  });

  it('refuses an empty file, one that describes no environment, and one that is no YAML', () => {
    refused(
      'environments: {}\n',
      'hermes.platform.yaml:1:15  environments: no environment is described. Name at least one, as dev.',
    );
    refused('# nothing\n', 'hermes.platform.yaml:1:1  The file is empty.');
    assert.throws(read('environments: [').platform, { code: 'HERMES_PROBLEMS' });
  });

  it('says what repositories on GitHub get, with the name of the team in the texts', () => {
    const github =
      'github:\n  org: acme\n  team: data-{team}\n  variables:\n    product: { ROLE: "role/{team}-dev" }\n';
    const { org, host, team, variables } = read(`${github}environments:\n${DEV}`).platform().githubOf('sea');
    assert.deepEqual(
      { org, host, team, variables },
      {
        org: 'acme',
        host: undefined,
        team: 'data-sea',
        variables: { product: { ROLE: 'role/sea-dev' }, airflow: {} },
      },
    );
    const bare = read(`environments:\n${DEV}`).platform().githubOf('sea');
    assert.deepEqual([bare.org, bare.variables], [undefined, { product: {}, airflow: {} }]);
    assert.deepEqual(bare.stores, { dev: 's3://acme-hermes-dev/artifacts' });
  });

  it('may say of GitHub alone', () => {
    const { environments, githubOf } = read('github: { org: acme, team: "data-{team}" }\n').platform();
    assert.deepEqual(environments, []);
    const { org, team, stores } = githubOf('sea');
    assert.deepEqual({ org, team, stores }, { org: 'acme', team: 'data-sea', stores: {} });
    refused(
      'github: { org: acme corp }\nenvironmens: {}\n',
      [
        'hermes.platform.yaml:1:16  github.org: organisation "acme corp" is not allowed: letters, digits, and single "-" between them; at most 39.',
        'hermes.platform.yaml:2:1   environmens is not a key of hermes.platform.yaml. Did you mean environments?',
      ].join('\n'),
    );
  });

  it('refuses what GitHub would refuse, each at its place', () => {
    const github = [
      'github:',
      '  org: acme corp',
      '  host: https://github.acme.com',
      '  team: "Data {team}"',
      '  visibility: secret',
      '  default_branch: a..b',
      '  secrets: {}',
      '  variables: { prod: {}, product: { 1A: x, B: "" } }',
    ];
    refused(
      `${github.join('\n')}\nenvironments:\n${DEV}`,
      [
        'hermes.platform.yaml:2:8   github.org: organisation "acme corp" is not allowed: letters, digits, and single "-" between them; at most 39.',
        'hermes.platform.yaml:3:9   github.host: host "https://github.acme.com" is not allowed: write it as github.acme.com, without https://.',
        'hermes.platform.yaml:4:9   github.team: team "Data weather" is not allowed: write its slug, as in the address of its page: lower-case letters, digits, "-" and "_".',
        'hermes.platform.yaml:5:15  github.visibility = "secret" is not one of: private, internal, public.',
        'hermes.platform.yaml:6:19  github.default_branch: branch "a..b" is not allowed: git takes no such name.',
        'hermes.platform.yaml:7:3   github.secrets is not a key of hermes.platform.yaml. Allowed: org, host, team, visibility, default_branch, variables.',
        'hermes.platform.yaml:8:16  github.variables.prod is not a key of hermes.platform.yaml. Allowed: product, airflow.',
        'hermes.platform.yaml:8:37  "1A" is not allowed: letters, digits and "_", not beginning with a digit.',
        'hermes.platform.yaml:8:47  github.variables.product.B: the value is empty.',
      ].join('\n'),
    );
  });
});
