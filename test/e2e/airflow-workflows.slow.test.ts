import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/artifacts/s3-client.ts';
import { resolveHome } from '../../src/config/home.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { addClient } from '../../src/workspace/identity/accounts.ts';
import { shareAirflow } from '../airflow-harness.ts';
import { devVariable } from '../config/dev-variable.ts';
import { hermes } from '../hermes.ts';
import { startSeaweedFs } from '../s3/seaweedfs.ts';
import { temporaryFolder, whenAllIsOver } from '../setup.ts';
import { closeWorkspaces, openWorkspace } from '../workspace/workspace-harness.ts';
import { servePackage } from './package-registry.ts';
import { type Runner, runWorkflow } from './run-workflow.ts';
import { sightings, typeScriptSpy } from './spies.ts';
import { hostileBranch, makeTeamRepository } from './team-repository.ts';

const DEV = { accessKeyId: 'HERMES-DEV', secretAccessKey: 'the-role-of-development' };
const PROD = { accessKeyId: 'HERMES-PROD', secretAccessKey: 'the-role-of-production' };
const ROLES = {
  dev: 'arn:aws:iam::123456789012:role/dags-dev',
  prod: 'arn:aws:iam::123456789012:role/dags-prod',
};
const GITHUB_TOKEN = 'the-token-that-may-write-comments';
const rights = (bucket: string) => ['Read', 'List', 'Write'].map((action) => `${action}:${bucket}`);
const RULES = {
  node_type_id: { type: 'fixed', value: 'm5.xlarge' },
  spark_version: { type: 'fixed', value: '15.4.x-scala2.12' },
};

describe('the workflows of a repository of DAGs, run as GitHub would', function () {
  this.timeout(300_000);
  const repository = makeTeamRepository('airflow');
  const [home, marks, seen, bin] = Array.from({ length: 4 }, () => temporaryFolder()) as [
    string,
    string,
    string,
    string,
  ];
  const hostile = hostileBranch(marks);
  let runner: Runner;
  let s3: S3Client;
  let variable: object;

  before(async () => {
    await shareAirflow(resolveHome('/', { HERMES_HOME: home }).cache);
    const server = await startSeaweedFs([
      { credentials: DEV, actions: rights('acme-airflow-dev') },
      { credentials: PROD, actions: rights('acme-airflow-prod') },
    ]);
    whenAllIsOver(() => server.stop());
    s3 = await createS3Client(server.owner);
    for (const name of ['dev', 'prod'])
      await s3.send(new CreateBucketCommand({ Bucket: `acme-airflow-${name}` }));
    const workspace = await openWorkspace();
    const definition = JSON.stringify(RULES);
    const policy = await workspace.call('POST', '/api/2.0/policies/clusters/create', {
      name: 'weather',
      definition,
    });
    const policyId = String(policy.body.policy_id);
    await workspace.call('PUT', `/api/2.0/permissions/cluster-policies/${policyId}`, {
      access_control_list: [{ group_name: 'weather', permission_level: 'CAN_USE' }],
    });
    variable = devVariable(policyId);
    const { applicationId, secret } = addClient(workspace.folder, 'ci', ['weather'], new Date());
    // In place of GitHub's own program, which is on every runner.
    writeFileSync(join(bin, 'gh'), `#!/bin/sh\nprintf '%s\\n' "$@" >> '${bin}/said'\n`, { mode: 0o755 });
    runner = {
      origin: repository.origin,
      variables: {
        ...{ HERMES_DEV_ROLE: ROLES.dev, HERMES_PROD_ROLE: ROLES.prod, AWS_REGION: 'eu-west-1' },
        ...{ DATABRICKS_HOST: workspace.url, DATABRICKS_CLIENT_ID: applicationId },
      },
      secrets: { DATABRICKS_CLIENT_SECRET: secret, GITHUB_TOKEN },
      roles: { [ROLES.dev]: DEV, [ROLES.prod]: PROD },
      env: {
        PATH: [bin, join(packageRoot, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
        npm_config_registry: await servePackage(),
        HERMES_HOME: home,
        AWS_ENDPOINT_URL_S3: server.endpoint,
      },
    };
  });
  after(async () => {
    s3.destroy();
    await closeWorkspaces();
  });

  /** The DAGs that Airflow would find in a bucket. */
  async function deployed(bucket: string): Promise<string[]> {
    const key = { Bucket: bucket, Key: 'dags/weather/hermes_dags_0.json' };
    const { Body } = await s3.send(new GetObjectCommand(key));
    const text = (await Body?.transformToString()) ?? '';
    return ['spy', 'weather_helloworld', 'weather_second'].filter((dag) => text.includes(`"${dag}"`));
  }

  it('checks a branch, also where no workspace is named, and deploys nothing', async () => {
    repository.push({}, 'master');
    repository.git('switch', '--quiet', '--create', hostile);
    const secrets = [...Object.values(runner.secrets ?? {}), DEV.secretAccessKey, PROD.secretAccessKey];
    const files = {
      'variables/dev.json': JSON.stringify({ hermes_weather: variable }),
      'hermes.yaml': `hermes: ^1.0
team: weather
airflow:
  dev: { dags: s3://acme-airflow-dev }
  prod: { dags: s3://acme-airflow-prod }
`,
      'dags/spy.dag.ts': typeScriptSpy(seen, secrets),
    };
    const withoutWorkspace = { ...runner, variables: {} };
    const { jobs, taken, log } = await runWorkflow(withoutWorkspace, repository.push(files, hostile));
    assert.deepEqual([jobs, taken], [{ check: 'success' }, []], log);
    assert.match(log, /check: ✓ Airflow 3\.\d+\.\d+ loads 2 DAGs without an error or a warning/);
  });

  it('holds a pull request to the policy of its team, and shows there what it changes', async () => {
    const { jobs, taken, log } = await runWorkflow(runner, repository.openPullRequest(hostile, 7));
    assert.deepEqual([jobs, taken], [{ policy: 'success', check: 'success', comment: 'success' }, []], log);
    const said = readFileSync(join(bin, 'said'), 'utf8');
    assert.match(said, /^repos\/acme\/weather\/issues\/7\/comments$/m);
    assert.match(said, /^body=@plan\/plan\.md$/m);
    assert.match(log, /check: For dev, clusters held to its policy:/);
  });

  it('deploys the merge to development, then to production', async () => {
    const { jobs, taken, log } = await runWorkflow(runner, repository.merge(hostile));
    assert.deepEqual(jobs, { policy: 'success', check: 'success', dev: 'success', prod: 'success' }, log);
    assert.deepEqual(taken, [
      { job: 'dev', role: ROLES.dev },
      { job: 'prod', role: ROLES.prod },
    ]);
    for (const bucket of ['acme-airflow-dev', 'acme-airflow-prod'])
      assert.deepEqual(await deployed(bucket), ['spy', 'weather_helloworld']);
  });

  it('puts an earlier deploy back, with a reason that is nothing but words', async () => {
    const more = repository.read('dags/helloworld.dag.yaml').replace('weather_helloworld', 'weather_second');
    const { ref } = repository.push({ 'dags/second.dag.yaml': more }, 'master');
    const env = {
      ...runner.env,
      ...{ AWS_ACCESS_KEY_ID: DEV.accessKeyId, AWS_SECRET_ACCESS_KEY: DEV.secretAccessKey },
      AWS_REGION: 'eu-west-1',
    };
    const { exitCode, stderr } = await hermes(repository.folder, ['airflow', 'deploy', '--env', 'dev'], env);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(await deployed('acme-airflow-dev'), ['spy', 'weather_helloworld', 'weather_second']);
    const reason = `"; touch ${marks}/d; echo "$(touch ${marks}/e)`;
    const payload = { inputs: { environment: 'dev', deploy: '', reason } };
    const { jobs, taken, log } = await runWorkflow(runner, { name: 'workflow_dispatch', ref, payload });
    assert.deepEqual([jobs, taken], [{ rollback: 'success' }, [{ job: 'rollback', role: ROLES.dev }]], log);
    assert.deepEqual(await deployed('acme-airflow-dev'), ['spy', 'weather_helloworld']);
  });

  it('has run no text as a program', () => {
    assert.deepEqual(readdirSync(marks), []);
  });

  it('has run DAG files only where no credentials were', function () {
    // Elsewhere than on Linux nobody sees what the programs around have set.
    if (!existsSync('/proc/self/environ')) this.skip();
    // The deploy by hand was one with credentials: a job that had some would show here, too.
    assert.deepEqual(sightings(seen), { 'dag by hand': [DEV.secretAccessKey], 'dag in check': [] });
  });
});
