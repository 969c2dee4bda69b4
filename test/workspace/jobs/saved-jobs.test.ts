import assert from 'node:assert/strict';
import { closeWorkspaces, openWorkspace, plainCluster, type TestWorkspace } from '../workspace-harness.ts';

interface Settings {
  readonly name: string;
  readonly tasks: readonly Record<string, unknown>[];
  readonly [name: string]: unknown;
}
interface Job {
  readonly job_id: number;
  readonly settings: Settings;
  readonly next_page_token?: string;
}

const script = { python_file: '/x.py' };
const task = (task_key: string, more: object = {}): object => ({
  task_key,
  spark_python_task: script,
  job_cluster_key: 'shared',
  ...more,
});
const job = (name: string, more: object = {}): object => ({
  name,
  job_clusters: [{ job_cluster_key: 'shared', new_cluster: plainCluster }],
  tasks: [task('extract'), task('load', { depends_on: [{ task_key: 'extract' }] })],
  ...more,
});

describe('saved jobs', () => {
  let workspace: TestWorkspace;
  let ana: string;
  before(async () => {
    workspace = await openWorkspace();
    ana = workspace.user('ana', 'weather');
  });
  after(closeWorkspaces);

  const post = (path: string, body: object, token?: string) =>
    workspace.call<Record<string, number | string>>('POST', `/api/2.2/jobs/${path}`, body, token);
  const create = async (body: object): Promise<number> => Number((await post('create', body)).body.job_id);
  const get = async (id: number, version = '2.2', more = ''): Promise<Job> =>
    (await workspace.call<Job>('GET', `/api/${version}/jobs/get?job_id=${id}${more}`)).body;

  it('are told back with the defaults of the service', async () => {
    const { settings } = await get(await create(job('nightly')));
    const { tasks, job_clusters, ...rest } = settings;
    assert.deepEqual(rest, {
      name: 'nightly',
      email_notifications: {},
      webhook_notifications: {},
      timeout_seconds: 0,
      max_concurrent_runs: 1,
      format: 'MULTI_TASK',
      queue: { enabled: true },
    });
    assert.deepEqual(tasks[0], {
      run_if: 'ALL_SUCCESS',
      timeout_seconds: 0,
      email_notifications: {},
      webhook_notifications: {},
      task_key: 'extract',
      spark_python_task: script,
      job_cluster_key: 'shared',
    });
    assert.deepEqual(job_clusters, [
      {
        job_cluster_key: 'shared',
        new_cluster: { data_security_mode: 'SINGLE_USER', enable_elastic_disk: false, ...plainCluster },
      },
    ]);
  });

  it('hold what their policy fills in, without the flag that asked for it', async () => {
    const definition = JSON.stringify({
      'custom_tags.team': { type: 'fixed', value: 'weather' },
      'custom_tags.stage': { type: 'unlimited', defaultValue: 'dev' },
    });
    const policy = { name: 'weather', definition };
    const made = await workspace.call('POST', '/api/2.0/policies/clusters/create', policy);
    const cluster = { ...plainCluster, ...made.body, apply_policy_default_values: true };
    const id = await create({ tasks: [task('a', { job_cluster_key: undefined, new_cluster: cluster })] });
    assert.deepEqual((await get(id)).settings.tasks[0]?.new_cluster, {
      data_security_mode: 'SINGLE_USER',
      enable_elastic_disk: false,
      ...plainCluster,
      ...made.body,
      custom_tags: { team: 'weather', stage: 'dev' },
    });
  });

  it('are updated by field and by key of their tasks, or replaced as a whole', async () => {
    const id = await create(job('one', { timeout_seconds: 60, tags: { a: 'b' } }));
    const change = { new_settings: { name: 'two', tasks: [task('load', { max_retries: 2 }), task('tell')] } };
    const done = await post('update', {
      job_id: String(id),
      ...change,
      fields_to_remove: ['tags', 'tasks/extract'],
    });
    assert.deepEqual(done, { status: 200, body: {} });
    const { settings } = await get(id);
    assert.deepEqual(
      [settings.name, settings.timeout_seconds, settings.tags, settings.tasks.map((each) => each.task_key)],
      ['two', 60, undefined, ['load', 'tell']],
    );
    await post('reset', { job_id: id, new_settings: job('three') });
    const after = (await get(id)).settings;
    assert.deepEqual([after.name, after.timeout_seconds, after.tasks.length], ['three', 0, 2]);
  });

  it('show a hundred tasks a page in 2.2, and all of them in 2.1', async () => {
    const tasks = Array.from({ length: 130 }, (_item, index) => task(`t${index}`));
    const id = await create(job('long', { tasks }));
    const first = await get(id);
    const rest = await get(id, '2.2', `&page_token=${first.next_page_token}`);
    assert.deepEqual(
      [
        first.settings.tasks.length,
        rest.settings.tasks.length,
        rest.settings.job_clusters,
        rest.next_page_token,
      ],
      [100, 30, [], undefined],
    );
    assert.equal((await get(id, '2.1')).settings.tasks.length, 130);
  });

  it('are listed newest first, by name whatever its case, and only to those who may see them', async () => {
    const mine = await create(
      job('Listed', { access_control_list: [{ group_name: 'weather', permission_level: 'CAN_VIEW' }] }),
    );
    const other = await create(job('listed'));
    const list = async (query: string, token?: string) => {
      type List = { jobs?: Job[]; next_page_token?: string; prev_page_token?: string };
      const { body } = await workspace.call<List>('GET', `/api/2.2/jobs/list?${query}`, undefined, token);
      return { ...body, ids: (body.jobs ?? []).map((each) => each.job_id) };
    };
    const first = await list('name=LISTED&limit=1');
    const second = await list(`name=LISTED&limit=1&page_token=${first.next_page_token}`);
    const back = await list(`name=LISTED&limit=1&page_token=${second.prev_page_token}`);
    assert.deepEqual([first.ids, second.ids, back.ids], [[other], [mine], [other]]);
    assert.equal(second.next_page_token, undefined);
    assert.equal(first.jobs?.[0]?.settings.tasks, undefined);
    assert.deepEqual((await list('name=listed', ana)).ids, [mine]);
    const refused = await post('run-now', { job_id: mine }, ana);
    assert.deepEqual(
      [refused.status, refused.body.message],
      [403, `User ana does not have Manage Run or Admin or Owner permissions on job ${mine}.`],
    );
  });

  it('are gone for good when deleted', async () => {
    const id = await create(job('short-lived'));
    assert.deepEqual(await post('delete', { job_id: id }), { status: 200, body: {} });
    const missing = { error_code: 'INVALID_PARAMETER_VALUE', message: `Job ${id} does not exist.` };
    for (const path of ['delete', 'run-now', 'reset'])
      assert.deepEqual(await post(path, { job_id: id, new_settings: {} }), { status: 400, body: missing });
  });

  it('keep the older form of 2.0, with one task at the top', async () => {
    const settings = { name: 'old', new_cluster: plainCluster, spark_python_task: script, max_retries: 1 };
    const made = await workspace.call<{ job_id: number }>('POST', '/api/2.0/jobs/create', settings);
    const old = (await get(made.body.job_id, '2.0')).settings;
    assert.deepEqual(
      [old.format, old.spark_python_task, old.max_retries, old.tasks],
      ['SINGLE_TASK', script, 1, undefined],
    );
  });

  it('skip a run beyond their limit when they do not queue', async () => {
    const id = await create(job('never', { max_concurrent_runs: 0, queue: { enabled: false } }));
    const run = await workspace.run(Number((await post('run-now', { job_id: id })).body.run_id));
    assert.equal(run.state.life_cycle_state, 'SKIPPED');
    assert.equal(run.state.result_state, 'MAXIMUM_CONCURRENT_RUNS_REACHED');
    assert.equal(
      run.state.state_message,
      'Skipping this run because the limit of 0 maximum concurrent runs has been reached.',
    );
  });

  const refusals: [string, object, string][] = [
    ['without tasks', { tasks: [] }, 'The field tasks is empty: give at least one task.'],
    [
      'of an environment that it lacks',
      { tasks: [task('a', { job_cluster_key: undefined, environment_key: 'x' })] },
      "Environment key 'x' is not defined in field 'environments'.",
    ],
    [
      'whose parameter is not defined',
      { tasks: [task('a', { spark_python_task: { ...script, parameters: ['{{job.parameters.day}}'] } })] },
      '{{job.parameters.day}} names a job parameter that is not defined. Defined: none.',
    ],
    [
      'of a repository without a provider',
      { git_source: { git_url: 'https://x/y' } },
      'git_source.git_provider must be one of: github,gitlab,bitbucketcloud,gitlabenterpriseedition,bitbucketserver,azuredevopsservices,githubenterprise,awscodecommit',
    ],
    [
      'of a repository',
      { git_source: { git_url: 'https://x/y', git_provider: 'GIT_HUB' } },
      'git_source is not supported here: this workspace checks out no repositories.',
    ],
    [
      'with a task that is turned off',
      { tasks: [task('a', { disabled: true })] },
      'Task a is disabled: this workspace runs every task. Leave it out instead.',
    ],
    [
      'that runs as nobody',
      { run_as: { user_name: 'nobody' } },
      'run_as names nobody, which is no user of this workspace.',
    ],
  ];
  for (const [what, change, message] of refusals) {
    it(`are refused ${what}`, async () => {
      const answer = await post('create', job('bad', change));
      assert.deepEqual(answer, { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', message } });
    });
  }
});
