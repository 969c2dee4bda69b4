import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addClient } from '../../../src/workspace/identity/accounts.ts';
import { type Finished, hermes } from '../../hermes.ts';
import type { S3Server } from '../../s3/s3-server.ts';
import { seaweedFs } from '../../s3/servers.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../../workspace/workspace-harness.ts';

const ARN = 'arn:aws:iam::123456789012:instance-profile/hermes-weather-dev';
const definition = (rules: object = {}) =>
  JSON.stringify({
    num_workers: { type: 'fixed', value: 1 },
    spark_version: { type: 'fixed', value: '15.4.x-scala2.12' },
    node_type_id: { type: 'fixed', value: 'm5.large' },
    'aws_attributes.instance_profile_arn': { type: 'fixed', value: ARN },
    ...rules,
  });

type Findings = Readonly<
  Record<string, { readonly state: string; readonly detail: string; readonly cure?: string }>
>;

describe('hermes doctor, for a workspace that is not of this machine', function () {
  this.timeout(120_000);
  const repository = join(temporaryFolder(), 'weather');
  const home = temporaryFolder();
  let store: S3Server;
  let workspace: TestWorkspace;
  let policy = '';

  before(async () => {
    store = await seaweedFs();
    workspace = await openWorkspace();
    mkdirSync(join(repository, 'variables'), { recursive: true });
    writeFileSync(join(repository, 'hermes.yaml'), 'hermes: ^1.0\nteam: weather\n');
    policy = await createPolicy('weather-dev', definition());
    describeDev({});
  });
  after(closeWorkspaces);

  async function createPolicy(name: string, text: string): Promise<string> {
    const path = '/api/2.0/policies/clusters/create';
    const { body } = await workspace.call<{ policy_id: string }>('POST', path, { name, definition: text });
    return body.policy_id;
  }

  function describeDev(change: object): void {
    const own = {
      environment: 'dev',
      production: false,
      artifacts: `s3://${store.bucket}/doctor-workspace`,
      cluster_policy_id: policy,
      read_prefix: 'prod_',
      products_zone: `s3://${store.bucket}/products`,
      databricks_conn_id: 'databricks_default',
      datadog: { site: 'datadoghq.com', tags: [] },
      ...change,
    };
    writeFileSync(join(repository, 'variables', 'dev.json'), JSON.stringify({ hermes_weather: own }));
  }

  async function doctor(
    env: NodeJS.ProcessEnv,
    ...words: string[]
  ): Promise<{ done: Finished; found: Findings }> {
    const { credentials, endpoint } = store.owner;
    const aws = {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    const all = { ...aws, HOME: home, HERMES_HOME: join(home, '.hermes'), ...env };
    const done = await hermes(repository, ['doctor', '--env', 'dev', '--json', ...words], all);
    const lines = done.stdout.trim().split('\n');
    return {
      done,
      found: Object.fromEntries(
        lines.map((line) => JSON.parse(line)).map(({ name, ...finding }) => [name, finding]),
      ),
    };
  }
  const host = () => ({ DATABRICKS_HOST: workspace.url });
  const token = () => ({ ...host(), DATABRICKS_TOKEN: workspace.token });

  it('says who one is, and what of policy and instance profile is in place', async () => {
    await workspace.call('POST', '/api/2.0/instance-profiles/add', { instance_profile_arn: ARN });
    const { done, found } = await doctor(token());
    assert.match(
      found['dev sign-in']?.detail ?? '',
      /^you@localhost at http:\S+, workspace \d{15}, by DATABRICKS_TOKEN$/,
    );
    assert.deepEqual(found['dev groups'], { state: 'ok', detail: 'admins' });
    assert.deepEqual(found['dev policy'], { state: 'ok', detail: `weather-dev (${policy})` });
    assert.deepEqual(found['dev instance profile'], { state: 'ok', detail: ARN });
    assert.equal(found['dev read prefix']?.state, 'ok');
    assert.equal(found['environment prod'], undefined);
    assert.equal(done.exitCode, 0, done.stdout);
  });

  it('takes a service principal from a profile, and tells what it lacks', async () => {
    const { applicationId, secret } = addClient(workspace.folder, 'airflow', ['market'], new Date());
    const lines = [
      '[robot]',
      `host = ${workspace.url}`,
      `client_id = ${applicationId}`,
      `client_secret = ${secret}`,
    ];
    writeFileSync(join(home, '.databrickscfg'), lines.join('\n'));
    const first = await doctor({}, '--profile', 'robot');
    assert.match(
      first.found['dev sign-in']?.detail ?? '',
      /^airflow \(\S+\) at http:\S+, workspace \d{15}, by OAuth with client_id of profile robot$/,
    );
    assert.deepEqual(first.found['dev groups'], {
      state: 'warning',
      detail: 'market; weather is not among them',
      cure: 'Ask the platform team to add you to group weather: its members see and cancel the runs of the team.',
    });
    const policyFinding = first.found['dev policy'];
    assert.equal(policyFinding?.state, 'failed');
    assert.match(
      policyFinding?.cure ?? '',
      /CAN_USE on the cluster policy.*cluster_policy_id of hermes_weather/,
    );
    assert.equal(first.done.exitCode, 1);
    assert.ok(!`${first.done.stdout}${first.done.stderr}`.includes(secret));
    await workspace.call('PATCH', `/api/2.0/permissions/cluster-policies/${policy}`, {
      access_control_list: [{ group_name: 'market', permission_level: 'CAN_USE' }],
    });
    const second = await doctor({}, '--profile', 'robot');
    assert.equal(second.found['dev policy']?.state, 'ok');
    assert.deepEqual(second.found['dev instance profile'], {
      state: 'unknown',
      detail: `${ARN}; whether it is registered only administrators may see`,
      cure: 'An administrator sees it by: databricks instance-profiles list',
    });
    assert.equal(second.done.exitCode, 0, second.done.stdout);
  });

  it('says how to sign in where that cannot be told, and where it is refused', async () => {
    const none = await doctor({});
    assert.equal(
      none.found['dev sign-in']?.detail,
      'Cannot connect to Databricks for environment dev: no host and no credentials are set',
    );
    const refused = await doctor({ ...host(), DATABRICKS_TOKEN: 'correct-horse-battery-staple' });
    const signIn = refused.found['dev sign-in'];
    const detail = signIn?.detail?.replace(/request=[0-9a-f-]{36}/, 'request=…');
    assert.deepEqual(
      { ...signIn, detail },
      {
        state: 'failed',
        detail: `Cannot find out who you are [endpoint=GET /api/2.0/preview/scim/v2/Me, host=${workspace.url}, status=401, code=UNAUTHENTICATED, request=…]: Invalid access token.`,
        cure: 'The workspace does not accept the token. Make a new one and correct DATABRICKS_TOKEN.',
      },
    );
    assert.ok(!refused.done.stdout.includes('correct-horse'));
    const wrongPlace = await doctor({ DATABRICKS_HOST: store.owner.endpoint, DATABRICKS_TOKEN: 'x' });
    assert.equal(wrongPlace.found['dev sign-in']?.state, 'failed');
    const gone = await doctor({ DATABRICKS_HOST: 'http://127.0.0.1:1', DATABRICKS_TOKEN: 'x' });
    assert.match(gone.found['dev sign-in']?.detail ?? '', /no answer from the workspace$/);
  });

  it('finds a policy that no cluster can be made with, one that is not there, and a profile that is not registered', async () => {
    describeDev({ cluster_policy_id: await createPolicy('broken', definition({ spark_version: ['x'] })) });
    const broken = (await doctor(token())).found['dev policy'];
    assert.equal(broken?.state, 'failed');
    assert.match(broken?.detail ?? '', /^broken \(\w+\): spark_version: /);
    describeDev({ cluster_policy_id: '0123456789ABCDEF' });
    const missing = (await doctor(token())).found['dev policy'];
    assert.match(missing?.detail ?? '', /Can't find a cluster policy with id: 0123456789ABCDEF$/);
    assert.match(missing?.cure ?? '', /^Is this the right workspace\?/);
    const other = { type: 'fixed', value: ARN.replace('-dev', '-other') };
    const rules = definition({ 'aws_attributes.instance_profile_arn': other });
    describeDev({ cluster_policy_id: await createPolicy('other', rules) });
    assert.deepEqual((await doctor(token())).found['dev instance profile'], {
      state: 'failed',
      detail: `${other.value} is not registered in the workspace, so no cluster can start with it`,
      cure: `Ask the platform team: an administrator adds it by databricks instance-profiles add ${other.value}`,
    });
    describeDev({ cluster_policy_id: await createPolicy('bare', '{}') });
    assert.equal((await doctor(token())).found['dev instance profile']?.state, 'warning');
  });

  it('finds a policy that refuses every cluster of Hermes, and tells it from one that asks something of each DAG', async () => {
    const logs = { type: 'fixed', value: 'true' };
    const rules = { 'spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs': logs };
    const tight = await createPolicy('tight', definition(rules));
    describeDev({ cluster_policy_id: tight });
    const first = await doctor(token());
    assert.deepEqual(first.found['dev policy'], {
      state: 'failed',
      detail: `tight (${tight}): The cluster that Hermes makes has spark_conf.spark.databricks.acl.needAdminPermissionToViewLogs = "false", which is fixed to "true".`,
      cure: 'Ask the platform team, which owns the policy. See everything: hermes policy check weather --env dev',
    });
    assert.equal(first.done.exitCode, 1);
    const tagged = { 'custom_tags.cost_center': { type: 'allowlist', values: ['a', 'b'] } };
    const asking = await createPolicy('asking', definition(tagged));
    describeDev({ cluster_policy_id: asking });
    assert.deepEqual((await doctor(token())).found['dev policy'], {
      state: 'warning',
      detail: `asking (${asking}): The cluster that Hermes makes lacks custom_tags.cost_center, which must be present.`,
      cure: 'Each DAG needs tags: ["cost_center:a"]. See everything: hermes policy check weather --env dev',
    });
  });
});
