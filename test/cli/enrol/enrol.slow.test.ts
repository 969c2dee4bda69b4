import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hermes, printedObjects } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace } from '../../workspace/workspace-harness.ts';

const identity = {
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@example.com',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@example.com',
};

const PLATFORM = `environments:
  dev:
    production: false
    artifacts: s3://acme-hermes-dev/artifacts
    cluster_policy: policy.json
    read_prefix: prod_
    products_zone: s3://acme-products-dev/{team}
    databricks_conn_id: databricks_default
    datadog: { site: datadoghq.eu, tags: ["cost-center:{team}"] }
  prod:
    production: true
    artifacts: s3://acme-hermes-prod/artifacts
    cluster_policy_id: 0011AABB
    read_prefix: ""
    products_zone: s3://acme-products-prod/{team}
    databricks_conn_id: databricks_default
    datadog: { site: datadoghq.eu, tags: [] }
`;
const POLICY = `{
  "node_type_id": { "type": "fixed", "value": "m5.xlarge" },
  "custom_tags.team": { "type": "fixed", "value": "{team}" }
}
`;

function show(folder: string, team: string, file: string): Record<string, Record<string, unknown>> {
  const bare = join(folder, '.hermes', 'git', `${team}-airflow.git`);
  return JSON.parse(execFileSync('git', ['show', `master:${file}`], { cwd: bare, encoding: 'utf8' }));
}

function platformFolder(platform = PLATFORM, policy = POLICY): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'hermes.platform.yaml'), platform);
  writeFileSync(join(folder, 'policy.json'), policy);
  return folder;
}

interface Policy {
  readonly policy_id: string;
  readonly name: string;
  readonly definition: string;
}

describe('hermes enrol', function () {
  this.timeout(120_000);
  afterEach(closeWorkspaces);

  it('makes policies in a real workspace for the groups of many teams, then finds nothing to do', async () => {
    const workspace = await openWorkspace();
    const env = { ...identity, DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: workspace.token };
    const folder = platformFolder();
    writeFileSync(join(folder, 'teams.txt'), 'energy\nsea-life\n');
    const words = ['enrol', 'weather', '--file', 'teams.txt'];
    const plan = await hermes(folder, words, env);
    assert.equal(
      plan.stdout,
      [
        'TEAM       REPOSITORY           DEV                  PROD',
        'weather    + weather-airflow    + variable, policy   + variable',
        'energy     + energy-airflow     + variable, policy   + variable',
        'sea-life   + sea-life-airflow   + variable, policy   + variable',
        '',
        'Would make 3 repositories, 6 variables, 3 policies for 3 teams.',
        'Nothing is changed yet; to make it, add --apply.',
        '',
      ].join('\n'),
    );
    assert.ok(!existsSync(join(folder, '.hermes')));
    const policies = async () =>
      (await workspace.call<{ policies?: Policy[] }>('GET', '/api/2.0/policies/clusters/list')).body
        .policies ?? [];
    const before = (await policies()).length;

    const applied = await hermes(folder, [...words, '--apply', '--json'], env);
    assert.equal(applied.exitCode, 0, applied.stderr);
    const objects = printedObjects(applied.stdout);
    assert.deepEqual(
      objects.map(({ team, applied: isApplied }) => [team, isApplied]),
      [
        ['weather', true],
        ['energy', true],
        ['sea-life', true],
      ],
    );
    const made = (await policies()).slice(before).sort((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual(
      made.map(({ name }) => name),
      ['hermes-energy-dev', 'hermes-sea-life-dev', 'hermes-weather-dev'],
    );
    assert.match(
      made[1]?.definition ?? '',
      /"custom_tags\.team": \{ "type": "fixed", "value": "sea-life" \}/,
    );
    const access = await workspace.call('GET', `/api/2.0/permissions/cluster-policies/${made[1]?.policy_id}`);
    assert.match(JSON.stringify(access.body), /"group_name":"sea-life".*"CAN_USE"/);
    assert.deepEqual(show(folder, 'sea-life', 'variables/dev.json').hermes_sea_life, {
      environment: 'dev',
      production: false,
      artifacts: 's3://acme-hermes-dev/artifacts',
      cluster_policy_id: made[1]?.policy_id,
      read_prefix: 'prod_',
      products_zone: 's3://acme-products-dev/sea-life',
      databricks_conn_id: 'databricks_default',
      datadog: { site: 'datadoghq.eu', tags: ['cost-center:sea-life'] },
    });
    assert.equal(
      show(folder, 'weather', 'variables/prod.json').hermes_weather?.cluster_policy_id,
      '0011AABB',
    );
    // No checkout is left beside the platform's own files.
    assert.deepEqual(readdirSync(folder).sort(), [
      '.hermes',
      'hermes.platform.yaml',
      'policy.json',
      'teams.txt',
    ]);

    const again = await hermes(folder, [...words, '--apply'], env);
    assert.match(again.stdout, /\nNothing to do: all 3 teams are enrolled in dev and prod\.\n$/);
    assert.equal((await policies()).length, before + 3);
    // Who lacks nothing needs no workspace, and no credentials for it.
    assert.equal((await hermes(folder, words, identity)).exitCode, 0);
  });

  it('shows every effect on one team, and what differs from the file', async () => {
    const platform = PLATFORM.replace('cluster_policy: policy.json', 'cluster_policy_id: 00DD');
    const folder = platformFolder(platform);
    const plan = await hermes(folder, ['enrol', 'weather', '--env', 'prod'], identity);
    assert.equal(
      plan.stdout,
      [
        'weather',
        '  + repository  weather-airflow from the template',
        '  + prod        variable hermes_weather in variables/prod.json',
        '      environment         prod',
        '      production          true',
        '      artifacts           s3://acme-hermes-prod/artifacts',
        '      cluster_policy_id   0011AABB',
        '      products_zone       s3://acme-products-prod/weather',
        '      databricks_conn_id  databricks_default',
        '      datadog             {"site":"datadoghq.eu","tags":[]}',
        '',
        'Would make 1 repository, 1 variable for 1 team.',
        'Nothing is changed yet; to make it, add --apply.',
        '',
      ].join('\n'),
    );
    assert.equal((await hermes(folder, ['enrol', 'weather', '--apply'], identity)).exitCode, 0);
    writeFileSync(join(folder, 'hermes.platform.yaml'), platform.replace('00DD', '00EE'));
    const url = join(folder, '.hermes', 'git', 'weather-airflow.git');
    assert.equal(
      (await hermes(folder, ['enrol', 'weather'], identity)).stdout,
      [
        'weather',
        `  = repository  weather-airflow is there: ${url}`,
        '  = dev         variable hermes_weather is there',
        '  ! dev         cluster_policy_id stays 00DD; hermes.platform.yaml says 00EE',
        '  = prod        variable hermes_weather is there',
        '',
        'Nothing to do: weather is enrolled in dev and prod.',
        '',
      ].join('\n'),
    );
  });

  it('enrols the other teams when one fails, and names the failure', async () => {
    const folder = platformFolder(PLATFORM.replace('cluster_policy: policy.json', 'cluster_policy_id: 00DD'));
    await hermes(folder, ['repo', 'create', 'energy-airflow', '--team', 'power', '--no-ci'], identity);
    const { stdout, stderr, exitCode } = await hermes(
      folder,
      ['enrol', 'weather', 'energy', '--apply'],
      identity,
    );
    assert.match(stdout, /^weather {3}✓ weather-airflow {3}✓ variable {3}✓ variable$/m);
    assert.match(stdout, /^energy {4}✗ failed$/m);
    assert.match(stdout, /Made 1 repository, 2 variables for 1 team\. 1 team failed\.\n$/);
    assert.match(stderr, /^[12] of 2: energy failed$/m);
    assert.match(
      stderr,
      /^Cannot enrol 1 team of 2\.\n {2}energy: Cannot enrol energy .*that of team power\.$/m,
    );
    assert.equal(exitCode, 1);
  });

  it('tells a cause that all teams share once, with what to do and its exit code', async () => {
    const { stdout, stderr, exitCode } = await hermes(
      platformFolder(),
      ['enrol', 'weather', 'energy', '--apply'],
      identity,
    );
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^Cannot enrol 2 teams of 2\.\n {2}Cannot connect to Databricks for environment dev: no host and no credentials are set\nSet DATABRICKS_HOST .*\nThen run the same command again: teams that are enrolled stay as they are\.\n$/m,
    );
    assert.equal(exitCode, 2);
  });

  it('refuses mistakes in the file and in the policy before anything is made', async () => {
    const folder = platformFolder(PLATFORM, '{\n  "num_workers": { "type": "fixd", "value": 1 }\n}\n');
    const { stderr, exitCode } = await hermes(folder, ['enrol', 'weather', '--apply'], identity);
    assert.match(stderr, /^policy\.json:2:28 {2}num_workers: "fixd" is not a type of element\./);
    assert.equal(exitCode, 2);
    writeFileSync(join(folder, 'policy.json'), POLICY);
    const unknown = await hermes(folder, ['enrol', 'weather', '--env', 'prd', '--apply'], identity);
    assert.match(
      unknown.stderr,
      /^Cannot enrol in "prd": there is no such environment\. Environments: dev, prod\.\nDid you mean prod\?/,
    );
    assert.ok(!existsSync(join(folder, '.hermes')));
  });

  it('asks for environments where the file says of GitHub alone', async () => {
    const folder = platformFolder('github: { org: acme }\n');
    const { exitCode, stderr } = await hermes(folder, ['enrol', 'weather'], identity);
    assert.deepEqual(
      [exitCode, stderr],
      [
        2,
        'Cannot enrol: hermes.platform.yaml describes no environment.\nAdd the section environments, with dev for one: its stores, policy and connection. A repository alone needs none: hermes repo create NAME --kind airflow\n',
      ],
    );
  });

  it('names no policy in a variable for folders that machines share: each has a workspace of its own', async () => {
    const dev = `environments:
  dev:
    production: false
    artifacts: file:///shared/artifacts
    read_prefix: prod_
    products_zone: file:///shared/products
    databricks_conn_id: databricks_default
    datadog: { site: datadoghq.eu, tags: [] }
`;
    const folder = platformFolder(dev);
    const { stdout, stderr } = await hermes(folder, ['enrol', 'weather', '--apply'], identity);
    assert.match(
      stdout,
      /✓ dev +policy hermes-weather-dev \([0-9A-F]{16}\) in the workspace of this machine/,
      stderr,
    );
    const { hermes_weather } = show(folder, 'weather', 'variables/dev.json');
    assert.equal(hermes_weather?.cluster_policy_id, '');
    const again = await hermes(folder, ['enrol', 'weather'], identity);
    await hermes(folder, ['workspace', 'stop']);
    assert.match(again.stdout, /\nNothing to do: weather is enrolled in dev\.\n$/);
  });

  it('enrols on this machine where no file describes the environments', async () => {
    const folder = temporaryFolder();
    const { exitCode, stderr } = await hermes(
      folder,
      ['enrol', 'weather', '--env', 'dev', '--apply'],
      identity,
    );
    assert.equal(exitCode, 0, stderr);
    const { hermes_weather } = show(folder, 'weather', 'variables/dev.json');
    assert.match(String(hermes_weather?.cluster_policy_id), /^[0-9A-F]{16}$/);
    assert.equal(hermes_weather?.artifacts, `file://${folder}/.hermes/artifacts/dev`);
    const again = await hermes(folder, ['enrol', 'weather', '--env', 'dev', '--apply'], identity);
    await hermes(folder, ['workspace', 'stop']);
    assert.match(again.stdout, /\nNothing to do: weather is enrolled in dev\.\n$/);
  });
});
