import assert from 'node:assert/strict';
import { removeAccount } from '../../../src/workspace/identity/accounts.ts';
import { closeWorkspaces, openWorkspace, plainCluster, type TestWorkspace } from '../workspace-harness.ts';

const openLogs = { spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false' } };
const acl = [
  { group_name: 'weather', permission_level: 'CAN_MANAGE_RUN' },
  { group_name: 'data-engineers', permission_level: 'CAN_VIEW' },
];

describe('access to runs', () => {
  let workspace: TestWorkspace;
  let team: string;
  let viewer: string;
  let outsider: string;
  before(async () => {
    workspace = await openWorkspace();
    team = workspace.user('ana@example.com', 'weather');
    viewer = workspace.user('eva@example.com', 'data-engineers');
    outsider = workspace.user('otto@example.com', 'market');
  });
  after(closeWorkspaces);

  const ended = async (cluster: object) =>
    workspace.runUntil(
      await workspace.submit('print("secret")', { cluster, top: { access_control_list: acl } }),
    );
  const denied = (message: string) => ({ status: 403, body: { error_code: 'PERMISSION_DENIED', message } });

  it('shows run and log to the team and to the groups that may view, and nothing to others', async () => {
    const run = await ended(openLogs);
    const output = `/api/2.2/jobs/runs/get-output?run_id=${run.tasks[0]?.run_id}`;
    for (const token of [team, viewer]) {
      assert.equal((await workspace.call('GET', output, undefined, token)).body.logs, 'secret\n');
    }
    const text = `User otto@example.com does not have View or Admin or Manage Run or Owner permissions on job ${run.job_id}.`;
    for (const path of [
      output,
      `/api/2.2/jobs/runs/get?run_id=${run.run_id}`,
      `/api/2.2/jobs/get?job_id=${run.job_id}`,
    ])
      assert.deepEqual(await workspace.call('GET', path, undefined, outsider), denied(text));
    assert.deepEqual((await workspace.call('GET', '/api/2.2/jobs/runs/list', undefined, outsider)).body, {});
  });

  it('keeps the driver log from viewers unless the cluster opens it', async () => {
    const run = await ended({});
    const output = `/api/2.2/jobs/runs/get-output?run_id=${run.tasks[0]?.run_id}`;
    for (const token of [team, viewer]) {
      const answer = await workspace.call('GET', output, undefined, token);
      assert.equal(answer.status, 200);
      assert.ok(!('logs' in answer.body));
      assert.match(String(answer.body.info), /^The driver log is not shown to you: /);
    }
    const { logs, info } = (await workspace.call('GET', output)).body;
    assert.deepEqual([logs, info], ['secret\n', undefined]);
  });

  it('lets the team cancel, but not who may only view', async () => {
    const id = await workspace.submit('import time; time.sleep(60)', { top: { access_control_list: acl } });
    const run = await workspace.run(id);
    const cancel = (token: string) =>
      workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: id }, token);
    assert.deepEqual(
      await cancel(viewer),
      denied(
        `User eva@example.com does not have Manage Run or Admin or Owner permissions on job ${run.job_id}.`,
      ),
    );
    assert.equal((await cancel(team)).status, 200);
    assert.equal((await workspace.runUntil(id)).state.result_state, 'CANCELED');
  });

  it('does not tell outsiders which runs exist', async () => {
    assert.deepEqual(
      await workspace.call('GET', '/api/2.2/jobs/runs/get?run_id=424242', undefined, outsider),
      denied(
        'User otto@example.com does not have View or Admin or Manage Run or Owner permissions on run 424242.',
      ),
    );
  });

  it('replaces and merges access lists, with exactly one owner', async () => {
    const { job_id } = await ended({});
    const path = `/api/2.0/permissions/jobs/${job_id}`;
    const view = { access_control_list: [{ user_name: 'otto@example.com', permission_level: 'CAN_VIEW' }] };
    assert.deepEqual(await workspace.call('PUT', path, view), {
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'The job must have exactly one owner.' },
    });
    const answer = await workspace.call<{ object_id: string; access_control_list: object[] }>(
      'PATCH',
      path,
      view,
    );
    assert.equal(answer.body.object_id, `/jobs/${job_id}`);
    assert.equal(answer.body.access_control_list.length, 5);
    assert.equal((await workspace.call('GET', path, undefined, outsider)).status, 200);
    assert.equal((await workspace.call('PATCH', path, view, outsider)).status, 403);
  });

  it('is over for a user who was removed, also when he is added again; the owner of the machine cannot be', async () => {
    const token = workspace.user('gone@example.com', 'weather');
    const { folder } = workspace;
    const at = new Date();
    const scope = { scope: 'gone' };
    assert.equal((await workspace.call('POST', '/api/2.0/secrets/scopes/create', scope, token)).status, 200);
    removeAccount(folder, 'gone@example.com', at);
    assert.equal((await workspace.call('GET', '/api/2.0/preview/scim/v2/Me', undefined, token)).status, 401);
    const again = workspace.user('gone@example.com');
    const me = await workspace.call<{ groups?: unknown[] }>(
      'GET',
      '/api/2.0/preview/scim/v2/Me',
      undefined,
      again,
    );
    assert.deepEqual([me.status, me.body.groups ?? []], [200, []]);
    const secrets = await workspace.call('GET', '/api/2.0/secrets/list?scope=gone', undefined, again);
    assert.equal(secrets.status, 403);
    removeAccount(folder, 'gone@example.com', at);
    assert.throws(() => removeAccount(folder, 'ann@example.com', at), {
      message:
        'Cannot remove "ann@example.com": no such user. Users: ana@example.com, eva@example.com, otto@example.com, you@localhost.',
      nextStep: 'Did you mean ana@example.com?',
    });
    assert.throws(() => removeAccount(folder, 'you@localhost', at), {
      message: 'Cannot remove you@localhost: the workspace is on the machine of this user.',
    });
  });

  it('knows the caller', async () => {
    const response = await fetch(`${workspace.url}/api/2.0/preview/scim/v2/Me`, {
      headers: { authorization: `Bearer ${team}` },
    });
    assert.match(response.headers.get('x-databricks-org-id') ?? '', /^\d{15}$/);
    const me = (await response.json()) as { userName: string; groups: { display: string }[] };
    assert.equal(me.userName, 'ana@example.com');
    assert.deepEqual(
      me.groups.map((group) => group.display),
      ['weather'],
    );
  });
});

describe('cluster policies', () => {
  let workspace: TestWorkspace;
  let team: string;
  before(async () => {
    workspace = await openWorkspace();
    team = workspace.user('ana@example.com', 'weather');
  });
  after(closeWorkspaces);

  const create = async (name: string, definition: string) =>
    String(
      (await workspace.call('POST', '/api/2.0/policies/clusters/create', { name, definition })).body
        .policy_id,
    );
  const submitWith = (policyId: string, cluster: object, token = team) =>
    workspace.call(
      'POST',
      '/api/2.2/jobs/runs/submit',
      {
        tasks: [
          {
            task_key: 'a',
            spark_python_task: { python_file: '/nowhere.py' },
            new_cluster: { policy_id: policyId, ...cluster },
          },
        ],
      },
      token,
    );
  const allow = (id: string) =>
    workspace.call('PUT', `/api/2.0/permissions/cluster-policies/${id}`, {
      access_control_list: [{ group_name: 'weather', permission_level: 'CAN_USE' }],
    });

  it('keeps a definition byte for byte and replaces the whole policy on edit', async () => {
    const definition = '{ "num_workers" :\n{"type":"forbidden"} }';
    const id = await create('kept', definition);
    assert.match(id, /^[0-9A-F]{16}$/);
    const path = `/api/2.0/policies/clusters/get?policy_id=${id}`;
    assert.equal((await workspace.call('GET', path)).body.definition, definition);
    await workspace.call('POST', '/api/2.0/policies/clusters/edit', {
      policy_id: id,
      name: 'kept',
      description: 'x',
    });
    const edited = (await workspace.call('GET', path)).body;
    assert.equal(edited.definition, undefined);
    assert.equal(edited.description, 'x');
    await workspace.call('POST', '/api/2.0/policies/clusters/delete', { policy_id: id });
    assert.deepEqual(await workspace.call('GET', path), {
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `Can't find a cluster policy with id: ${id}` },
    });
  });

  it('lets only admins write policies, and only those with CAN_USE see and use them', async () => {
    const id = await create('used', '{}');
    const denied = await workspace.call(
      'POST',
      '/api/2.0/policies/clusters/create',
      { name: 'x', definition: '{}' },
      team,
    );
    assert.equal(denied.status, 403);
    assert.deepEqual((await workspace.call('GET', '/api/2.0/policies/clusters/list', undefined, team)).body, {
      policies: [],
    });
    assert.deepEqual(await submitWith(id, plainCluster), {
      status: 403,
      body: {
        error_code: 'PERMISSION_DENIED',
        message: `User ana@example.com does not have CAN_USE permission on cluster policy ${id}.`,
      },
    });
    const without = async () => (await submitWith('', plainCluster)).body.message;
    const refused =
      'User ana@example.com is not authorized to create clusters without a policy: give new_cluster.policy_id.';
    assert.equal(
      await without(),
      `${refused} There is none that this user may use: an administrator creates one, and grants a group of the user CAN_USE on it.`,
    );
    await allow(id);
    assert.equal((await submitWith(id, plainCluster)).status, 200);
    assert.equal(await without(), `${refused} This user may use ${id} (used).`);
  });

  it('stores a malformed definition and refuses its use', async () => {
    const id = await create('malformed', '{"num_workers": []}');
    assert.deepEqual(await submitWith(id, plainCluster, workspace.token), {
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: `Requests for the policy malformed (${id}) cannot be satisfied due to the malformed policy definition. Please contact your administrator to correct the policy definition.`,
      },
    });
  });

  it('answers every broken rule at once', async () => {
    const id = await create(
      'strict',
      JSON.stringify({
        num_workers: { type: 'range', maxValue: 2 },
        'custom_tags.team': { type: 'fixed', value: 'weather' },
      }),
    );
    const answer = await submitWith(
      id,
      { ...plainCluster, num_workers: 8, custom_tags: { team: 'market' } },
      workspace.token,
    );
    assert.deepEqual(answer, {
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message:
          'Cluster validation error: Validation failed for num_workers, the value must be at most 2 (is "8"); Validation failed for custom_tags, team must be weather (is "market")',
      },
    });
  });

  it('shows the cluster after the policy, without the flag', async () => {
    const id = await create(
      'merged',
      JSON.stringify({
        spark_version: { type: 'fixed', value: '15.4.x-scala2.12' },
        node_type_id: { type: 'unlimited', defaultValue: 'm5.large' },
        'custom_tags.team': { type: 'fixed', value: 'weather' },
      }),
    );
    const cluster = { autoscale: { min_workers: '1', max_workers: '2' }, apply_policy_default_values: true };
    const { body } = await submitWith(id, cluster, workspace.token);
    const run = await workspace.runUntil(Number(body.run_id));
    assert.deepEqual(run.tasks[0]?.new_cluster, {
      policy_id: id,
      autoscale: { min_workers: 1, max_workers: 2 },
      spark_version: '15.4.x-scala2.12',
      node_type_id: 'm5.large',
      custom_tags: { team: 'weather' },
      cluster_name: `job-${run.job_id}-run-${run.run_id}-a`,
    });
    assert.equal(
      run.tasks[0]?.state.state_message,
      'Cannot read the python file /nowhere.py: No such file or directory.',
    );
  });
});
