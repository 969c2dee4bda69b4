import assert from 'node:assert/strict';
import fc from 'fast-check';
import { closeWorkspaces, openWorkspace, plainCluster, type TestWorkspace } from '../workspace-harness.ts';

const hostile = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    '-1',
    '__proto__',
    'a\0b',
    '9'.repeat(30),
    '{{job.parameters.day}}{{tasks.load.run_id}}{{job.start_time.toString}}',
    '* * * * * ? *',
    '0 0 0 31 2 ?',
    'tasks/__proto__',
    'PAUSED',
  ),
  fc.constantFrom(null, 0, -1, 1e30, 0.5, true, [], {}, [[]], [null], { toString: 1 }, plainCluster),
  fc.string({ unit: 'binary' }),
);

const task = {
  task_key: 'load',
  depends_on: [],
  run_if: 'ALL_DONE',
  max_retries: 0,
  timeout_seconds: 0,
  job_cluster_key: 'shared',
  libraries: [{ pypi: { package: 'x', repo: 'https://x/simple' } }, { whl: '/x.whl' }],
  spark_python_task: { python_file: '/x.py', parameters: ['{{job.parameters.day}}'] },
};
const serverless = { task_key: 'b', environment_key: 'e', depends_on: [{ task_key: 'load' }] };
const settings = {
  name: 'job',
  tasks: [
    task,
    {
      ...serverless,
      python_wheel_task: { package_name: 'p', entry_point: 'e', named_parameters: { a: 'b' } },
    },
    { task_key: 'n', notebook_task: { notebook_path: '/n', base_parameters: { a: 'b' } } },
  ],
  job_clusters: [{ job_cluster_key: 'shared', new_cluster: plainCluster }],
  environments: [{ environment_key: 'e', spec: { client: '1', dependencies: ['requests==2', '-r /x.txt'] } }],
  parameters: [{ name: 'day', default: 'monday' }],
  schedule: { quartz_cron_expression: '0 0 6 1 1 ?', timezone_id: 'UTC', pause_status: 'UNPAUSED' },
  queue: { enabled: true },
  max_concurrent_runs: 1,
  timeout_seconds: 0,
  tags: { a: 'b' },
};
const parameters = { job_parameters: { day: 'x' }, queue: { enabled: false }, only: ['load'] };
const bodies: Readonly<Record<string, object>> = {
  create: { ...settings, run_as: { user_name: 'you@localhost' }, access_control_list: [] },
  reset: { new_settings: settings },
  update: { new_settings: settings, fields_to_remove: ['schedule', 'tasks/n'] },
  'run-now': { ...parameters, idempotency_token: 'x' },
  'runs/repair': { rerun_tasks: ['load'], latest_repair_id: 0, ...parameters },
  'runs/submit': { ...settings, tasks: [{ ...task, new_cluster: plainCluster }] },
  'runs/cancel-all': { all_queued_runs: true },
};

/** A body in which one value, at a place that `choose` picks, is another. */
function spoiled(body: unknown, value: unknown, choose: (count: number) => number): unknown {
  if (typeof body !== 'object' || body === null || choose(5) === 0) return value;
  const keys = Object.keys(body);
  const key = keys[choose(Math.max(1, keys.length))];
  if (key === undefined) return value;
  const changed = spoiled((body as Record<string, unknown>)[key], value, choose);
  return Array.isArray(body)
    ? body.map((item, index) => (String(index) === key ? changed : item))
    : { ...body, [key]: changed };
}

describe('hostile requests about jobs', () => {
  let workspace: TestWorkspace;
  const ids = { job_id: 0, run_id: 0 };
  before(async () => {
    // None of its runs starts.
    workspace = await openWorkspace({ maxConcurrent: 0 });
    const made = await workspace.call<{ job_id: number }>('POST', '/api/2.2/jobs/create', settings);
    ids.job_id = made.body.job_id;
    const run = await workspace.call<{ run_id: number }>('POST', '/api/2.2/jobs/run-now', {
      job_id: ids.job_id,
    });
    ids.run_id = run.body.run_id;
    await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: ids.run_id });
  });
  after(closeWorkspaces);

  it('are done or refused with a reason, and leave jobs and runs that can be read', async () => {
    const path = fc.constantFrom(...Object.keys(bodies));
    const version = fc.constantFrom('2.0', '2.1', '2.2');
    await fc.assert(
      fc.asyncProperty(path, version, hostile, fc.gen(), async (to, api, value, gen) => {
        const body = spoiled(bodies[to], value, (count) => gen(fc.nat, { max: count - 1 }));
        const sent = typeof body === 'object' && !Array.isArray(body) ? { ...ids, ...body } : body;
        const answer = await workspace.call('POST', `/api/${api}/jobs/${to}`, sent);
        assert.ok(answer.status < 500, JSON.stringify(answer.body));
        if (answer.status !== 200) assert.ok(String(answer.body.message).length > 10);
        for (const list of ['list?limit=5&expand_tasks=true', 'runs/list?limit=5&expand_tasks=true'])
          assert.equal((await workspace.call('GET', `/api/${api}/jobs/${list}`)).status, 200);
      }),
      { numRuns: 100 },
    );
  });
});
