import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishProject } from '../../engines/local/published-project.ts';
import { hermes, printedObjects } from '../../hermes.ts';
import { temporaryFolder } from '../../setup.ts';

const DAG = `dag: seattle
team: weather
tasks:
  clean:
    hermes:
      project_name: observations
      inputs: [market.stations]
      parameters: ["--day", "{{ ds }}", {table: market.stations}]
  report:
    after: [clean]
    hermes: { project_name: observations, view_access_control_list: [data-engineers], env: { MODE: fast } }
`;
const RULES = {
  cluster_type: { type: 'fixed', value: 'job' },
  dbus_per_hour: { type: 'range', maxValue: 3 },
  node_type_id: { type: 'fixed', value: 'm5.xlarge' },
  spark_version: { type: 'unlimited', defaultValue: '15.4.x-scala2.12' },
  'autoscale.min_workers': { type: 'fixed', value: 1 },
  'autoscale.max_workers': { type: 'fixed', value: 2 },
};

describe('planning a DAG by the command line', () => {
  let folder = '';

  before(async () => {
    folder = temporaryFolder();
    mkdirSync(join(folder, '.hermes'));
    writeFileSync(join(folder, '.hermes', 'embedded.json'), '{}');
    writeFileSync(join(folder, 'hermes.yaml'), 'hermes: ^1.0\nteam: weather\n');
    mkdirSync(join(folder, 'dags'));
    writeFileSync(join(folder, 'dags', 'seattle.dag.yaml'), DAG);
    const project = {
      team: 'weather',
      name: 'observations',
      version: '1.5.0',
      scripts: { observations: '' },
    };
    await publishProject(join(folder, '.hermes', 'artifacts', 'dev'), project);
    policy('policy.json', {});
    policy('strict.json', {
      'spark_env_vars.MODE': { type: 'allowlist', values: ['slow'], isOptional: true },
    });
  });
  after(() => hermes(folder, ['workspace', 'stop']));

  const policy = (file: string, more: object): void => {
    const definition = JSON.stringify({ ...RULES, ...more });
    writeFileSync(
      join(folder, file),
      `${JSON.stringify({ policyId: 'P1', name: 'weather-dev', definition })}\n`,
    );
  };
  const plan = (...args: string[]) =>
    hermes(folder, ['dag', 'plan', '--logical-date', '2026-01-31', ...args]);

  it('shows a few lines for each task: version, parameters, tables, cluster, cost, who may see it', async () => {
    const { stdout, stderr, exitCode } = await plan('--policy', 'policy.json');
    assert.deepEqual(stdout.split('\n'), [
      'seattle · dev · team weather · 2 tasks',
      '  clean  observations 1.5.0 (latest, 3f1c2aa)',
      '    parameters  --day 2026-01-31 prod_market.stations',
      '    reads       prod_market.stations',
      '    cluster     m5.xlarge, 15.4.x-scala2.12, 1–2 workers · policy weather-dev · at most 3 DBU an hour',
      '    seen by     weather (CAN_MANAGE_RUN)',
      '  report  observations 1.5.0 (latest, 3f1c2aa)',
      '    cluster     m5.xlarge, 15.4.x-scala2.12, 1–2 workers · policy weather-dev · at most 3 DBU an hour',
      '    seen by     weather (CAN_MANAGE_RUN), data-engineers',
      '',
    ]);
    assert.deepEqual([stderr, exitCode], ['', 0]);
  });

  it('shows every value of a cluster and who sets it, and the request without what the policy fixes', async () => {
    const { stdout } = await plan('--policy', 'policy.json', '--task', 'report');
    const row = (path: string) =>
      stdout
        .split('\n')
        .find((line) => line.startsWith(`  ${path} `))
        ?.split(/ {3,}/);
    assert.deepEqual(row('node_type_id')?.slice(1), ['m5.xlarge', 'policy']);
    assert.deepEqual(row('spark_version')?.slice(1), ['15.4.x-scala2.12', 'policy, by default']);
    assert.deepEqual(row('custom_tags.task')?.slice(1), ['report', 'Hermes']);
    assert.deepEqual(row('spark_env_vars.MODE')?.slice(1), ['fast', 'the DAG file']);
    const [object] = printedObjects(
      (await plan('--policy', 'policy.json', '--task', 'report', '--json')).stdout,
    );
    const cluster = object.request.tasks[0].new_cluster;
    assert.deepEqual(
      [cluster.policy_id, cluster.autoscale, cluster.node_type_id],
      ['P1', undefined, undefined],
    );
    assert.equal(object.clusters[0].dbusPerHourAtMost, 3);
  });

  it('explains what the policy refuses and what is not published, after the plan, and ends with 2', async () => {
    const words = ['--policy', 'strict.json', '--set', 'clean.script_name=other'];
    const { stdout, stderr, exitCode } = await plan(...words);
    assert.match(stdout, /^ {2}clean {2}not published$/m);
    assert.equal(
      stderr,
      [
        'seattle would not start:',
        '  clean: Cannot find script other in observations 1.5.0: there are scripts observations.',
        '  report: spark_env_vars.MODE = "fast" is refused: it must be "slow", says policy weather-dev. Take "slow", or leave it out. It comes from env of the task.',
        '',
      ].join('\n'),
    );
    assert.equal(exitCode, 2);
  });

  it('says the reason and the cure as two sentences, each with its own full stop', async () => {
    const { stderr } = await plan('--policy', 'policy.json', '--set', 'clean.project_name=observation');
    assert.match(stderr, /: there are published projects observations\. Did you mean observations\?\n/);
  });

  it('finds the same with dag check, at the file, without a workspace or artifacts', async () => {
    const { stderr, exitCode } = await hermes(folder, ['dag', 'check', '--policy', 'strict.json']);
    assert.match(
      stderr,
      /^dags\/seattle\.dag\.yaml.* {2}Task "report": spark_env_vars\.MODE = "fast" is refused: /,
    );
    assert.equal(exitCode, 2);
    assert.equal((await hermes(folder, ['dag', 'check', '--policy', 'policy.json'])).exitCode, 0);
  });

  it('says of a policy file what is wrong with it', async () => {
    const { stderr, exitCode } = await plan('--policy', 'dags/seattle.dag.yaml');
    assert.equal(
      stderr,
      'Cannot read a policy from dags/seattle.dag.yaml: line 1 is no policy with policyId, name and definition\nName a file with a definition (a JSON object of path → element), or one made by: hermes policy show TEAM --json > FILE\n',
    );
    assert.equal(exitCode, 2);
  });

  it('asks the workspace for the policy where none is given, also for one script', async () => {
    const { stdout, exitCode } = await hermes(folder, ['run', 'observations', '--dry-run', '--', '--fast']);
    assert.match(stdout, /^ {4}cluster {5}m5\.xlarge, .*, 1–2 workers · policy hermes-weather-dev$/m);
    assert.match(stdout, /^ {4}parameters {2}--fast$/m);
    assert.equal(exitCode, 0);
    assert.match((await hermes(folder, ['runs', 'list'])).stdout, /^Nothing has run here yet/);
  });
});
