import assert from 'node:assert/strict';
import { request } from 'node:http';
import {
  closeWorkspaces,
  isOver,
  openWorkspace,
  plainCluster,
  scriptFile,
  submitBody,
  type TestWorkspace,
} from '../workspace-harness.ts';

describe('the wire of the jobs API', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await openWorkspace();
  });
  after(closeWorkspaces);

  it('keeps ids beyond 2^53 whole', async () => {
    const firstRunId = 2n ** 53n + 11n;
    const own = await openWorkspace({ firstRunId });
    const id = await own.submit('print(1)');
    assert.equal(id, firstRunId);
    const run = await own.runUntil(id);
    assert.equal(run.tasks[0]?.run_id, firstRunId + 1n);
    const cluster = run.tasks[0]?.cluster_instance;
    assert.match(cluster?.spark_context_id ?? '', /^\d{19}$/);
    const found = await own.call('GET', `/api/2.1/clusters/get?cluster_id=${cluster?.cluster_id}`);
    assert.equal(String(found.body.spark_context_id), cluster?.spark_context_id);
    assert.equal(found.body.state, 'TERMINATED');
    assert.deepEqual(found.body.termination_reason, { code: 'JOB_FINISHED', type: 'SUCCESS' });
  });

  it('reads the parameters of a GET from a JSON body', async () => {
    const id = await workspace.submit('print(1)');
    const text = await new Promise<string>((resolve, reject) => {
      const body = JSON.stringify({ run_id: String(id) });
      const call = request(
        `${workspace.url}/api/2.2/jobs/runs/get`,
        {
          method: 'GET',
          headers: { authorization: `Bearer ${workspace.token}`, 'content-length': body.length },
        },
        (response) => {
          let answer = '';
          response.on('data', (chunk) => (answer += chunk)).on('end', () => resolve(answer));
        },
      );
      call.on('error', reject).end(body);
    });
    assert.equal(JSON.parse(text).run_id, id);
  });

  it('lists runs in pages and leaves `runs` out when there are none', async () => {
    const own = await openWorkspace();
    assert.deepEqual((await own.call('GET', '/api/2.2/jobs/runs/list')).body, {});
    for (let index = 0; index < 3; index += 1) await own.runUntil(await own.submit('print(1)'));
    const page = await own.call<{ runs: { run_id: number }[]; next_page_token: string }>(
      'GET',
      '/api/2.2/jobs/runs/list?limit=2&completed_only=true',
    );
    assert.deepEqual(
      page.body.runs.map((run) => run.run_id),
      [1005, 1003],
    );
    const rest = await own.call<{ runs: { run_id: number }[] }>(
      'GET',
      `/api/2.2/jobs/runs/list?limit=2&completed_only=true&page_token=${page.body.next_page_token}`,
    );
    assert.deepEqual(
      rest.body.runs.map((run) => run.run_id),
      [1001],
    );
    assert.ok(!('next_page_token' in rest.body));
  });

  const refusals: [string, object, string][] = [
    [
      'a task without a cluster',
      { task: { new_cluster: undefined } },
      'One of job_cluster_key, new_cluster, or existing_cluster_id must be specified.',
    ],
    [
      'a cluster without size',
      { cluster: { num_workers: undefined } },
      'Cluster validation error: Missing required field: settings.cluster_spec.new_cluster.size',
    ],
    [
      'two sizes',
      { cluster: { autoscale: { min_workers: 1, max_workers: 2 } } },
      'Cluster validation error: Only one of num_workers and autoscale may be given.',
    ],
    [
      'a script at a web address',
      { task: { spark_python_task: { python_file: 'https://x/y.py' } } },
      'python_file "https://x/y.py" cannot be read by this workspace. Supported: file:///absolute/path, /absolute/path, /Workspace/…, /Volumes/…, dbfs:/… and s3://bucket/key.',
    ],
    [
      'a kind of task that it does not run',
      { task: { sql_task: {} } },
      'Task main is a sql_task; this workspace runs spark_python_task, python_wheel_task, notebook_task.',
    ],
    [
      'two kinds of work in one task',
      { task: { notebook_task: { notebook_path: '/x' } } },
      'Task main has spark_python_task and notebook_task; exactly one is allowed.',
    ],
    [
      'a condition that does not exist',
      { task: { run_if: 'SOMETIMES' } },
      'Task main has run_if SOMETIMES. Allowed: ALL_SUCCESS, AT_LEAST_ONE_SUCCESS, NONE_FAILED, ALL_DONE, AT_LEAST_ONE_FAILED, ALL_FAILED.',
    ],
    [
      'a library of the JVM',
      { task: { libraries: [{ jar: '/x.jar' }] } },
      'Libraries of kind jar are not supported here. Supported: whl, pypi, requirements.',
    ],
    [
      'a requirement that pip would read as an option',
      { task: { libraries: [{ pypi: { package: '--index-url=http://evil' } }] } },
      '"--index-url=http://evil" is not a requirement that this workspace installs, such as "requests==2.32.3".',
    ],
    [
      'a cluster by a key that nothing defines',
      { task: { new_cluster: undefined, job_cluster_key: 'big' } },
      "Job cluster key 'big' is not defined in field 'job_clusters'.",
    ],
    [
      'an unknown dependency',
      { task: { depends_on: [{ task_key: 'x' }] } },
      "Task 'main' depends on 'x', which is not a task of this run.",
    ],
    [
      'a circle',
      { task: { depends_on: [{ task_key: 'main' }] } },
      'Tasks depend on each other in a circle: main.',
    ],
    [
      'a long token',
      { top: { idempotency_token: 'a'.repeat(65) } },
      'The idempotency token must have at most 64 characters.',
    ],
    [
      'two owners',
      {
        top: {
          access_control_list: [
            { user_name: 'a', permission_level: 'IS_OWNER' },
            { user_name: 'b', permission_level: 'IS_OWNER' },
          ],
        },
      },
      'The job must have exactly one owner.',
    ],
    [
      'an unknown secret',
      { cluster: { spark_env_vars: { A: '{{secrets/weather/key}}' } } },
      'Cluster validation error: Secret does not exist with scope: weather and key: key',
    ],
  ];
  for (const [what, change, message] of refusals) {
    it(`refuses ${what}`, async () => {
      const body = submitBody('file:///x.py', change);
      assert.deepEqual(await workspace.call('POST', '/api/2.2/jobs/runs/submit', body), {
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE', message },
      });
    });
  }

  it('wants a task run for get-output, and words a missing run as Databricks does', async () => {
    const id = await workspace.submit('print(1)');
    const bad = (message: string) => ({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message },
    });
    assert.deepEqual(
      await workspace.call('GET', `/api/2.2/jobs/runs/get-output?run_id=${id}`),
      bad(
        'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
      ),
    );
    assert.deepEqual(
      await workspace.call('GET', '/api/2.2/jobs/runs/get?run_id=99999'),
      bad('Run 99999 does not exist.'),
    );
    assert.deepEqual(
      await workspace.call('GET', '/api/2.1/clusters/get?cluster_id=x'),
      bad('Cluster x does not exist'),
    );
    await workspace.runUntil(id, isOver);
  });

  it('answers wrong paths, tokens and bodies in the form of the API', async () => {
    assert.deepEqual(await workspace.call('POST', '/api/2.2/jobs/nothing'), {
      status: 404,
      body: { error_code: 'ENDPOINT_NOT_FOUND', message: "No API found for 'POST /api/2.2/jobs/nothing'" },
    });
    assert.deepEqual(await workspace.call('GET', '/api/2.2/jobs/runs/list', undefined, 'hws_wrong'), {
      status: 401,
      body: { error_code: 'UNAUTHENTICATED', message: 'Invalid access token.' },
    });
    const response = await fetch(`${workspace.url}/api/2.2/jobs/runs/submit`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.token}` },
      body: '{"a"',
    });
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { error_code: string }).error_code, 'MALFORMED_REQUEST');
  });

  it('takes the older body without tasks', async () => {
    const work = { python_file: scriptFile('print(1)') };
    const body = { run_name: 'by hand', spark_python_task: work, new_cluster: plainCluster };
    const answer = await workspace.call<{ run_id: number }>('POST', '/api/2.1/jobs/runs/submit', body);
    assert.equal((await workspace.runUntil(answer.body.run_id)).tasks[0]?.task_key, 'by_hand');
  });
});
