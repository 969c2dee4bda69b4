import { strict as assert } from 'node:assert';
import type { JsonObject } from '../../../src/core/json.ts';
import { parsePastRequest } from '../../../src/databricks/runs/past-request.ts';

const cluster = { spark_version: '15.4.x-scala2.12', num_workers: 1, cluster_name: 'job-41-run-1207-clean' };
const ended = { state: { life_cycle_state: 'TERMINATED', result_state: 'FAILED' }, end_time: 2 };
const clean: JsonObject = {
  ...ended,
  run_id: 1208,
  task_key: 'clean',
  attempt_number: 0,
  spark_python_task: { python_file: 's3://acme/clean-1.5.0.py', parameters: ['--day', '2026-11-21'] },
  libraries: [{ whl: 's3://acme/observations-1.5.0-py3-none-any.whl' }],
  new_cluster: cluster,
  timeout_seconds: 0,
};
const run: JsonObject = {
  ...ended,
  job_id: 41,
  run_id: 1207,
  run_name: 'weather.clean',
  timeout_seconds: 60,
};
const permissions: JsonObject = {
  access_control_list: [
    { user_name: 'ada@example.com', all_permissions: [{ permission_level: 'IS_OWNER', inherited: false }] },
    { group_name: 'weather', all_permissions: [{ permission_level: 'CAN_MANAGE_RUN', inherited: false }] },
    { group_name: 'admins', all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: true }] },
  ],
};

describe('the request of a run, from what the workspace tells', () => {
  it('asks for the same work, seen by the same groups, on a cluster that Databricks names', () => {
    const { cluster_name: _name, ...unnamed } = cluster;
    assert.deepEqual(parsePastRequest({ ...run, tasks: [clean] }, permissions), {
      body: {
        run_name: 'weather.clean',
        timeout_seconds: 60,
        tasks: [
          {
            task_key: 'clean',
            libraries: clean.libraries,
            spark_python_task: clean.spark_python_task,
            new_cluster: unnamed,
          },
        ],
        access_control_list: [{ group_name: 'weather', permission_level: 'CAN_MANAGE_RUN' }],
        queue: { enabled: true },
      },
      obstacles: [],
      remarks: [],
    });
  });

  it('takes the last attempt of a task, and keeps the order of tasks', () => {
    const second = { ...clean, run_id: 1209, attempt_number: 1, max_retries: 1 };
    const report = {
      ...clean,
      task_key: 'report',
      depends_on: [{ task_key: 'clean' }, { task_key: 'gone' }],
    };
    const { body } = parsePastRequest({ ...run, tasks: [clean, second, report] }, permissions);
    const tasks = body.tasks as readonly JsonObject[];
    assert.deepEqual(
      tasks.map((task) => [task.task_key, task.max_retries, task.depends_on]),
      [
        ['clean', 1, undefined],
        ['report', undefined, [{ task_key: 'clean' }]],
      ],
    );
  });

  it('puts in the values that parameters referred to, and the commit that ran', () => {
    const task = {
      ...clean,
      spark_python_task: { python_file: 'clean.py', source: 'GIT', parameters: ['{{job.parameters.day}}'] },
      resolved_values: { spark_python_task: { parameters: ['2026-11-21'] } },
    };
    const git_source = {
      git_url: 'https://github.com/acme/weather',
      git_provider: 'gitHub',
      git_branch: 'master',
      git_snapshot: { used_commit: '3f1c2aa' },
    };
    const { body } = parsePastRequest({ ...run, git_source, tasks: [task] }, permissions);
    assert.deepEqual((body.tasks as readonly JsonObject[])[0]?.spark_python_task, {
      python_file: 'clean.py',
      source: 'GIT',
      parameters: ['2026-11-21'],
    });
    assert.deepEqual(body.git_source, {
      git_url: 'https://github.com/acme/weather',
      git_provider: 'gitHub',
      git_commit: '3f1c2aa',
    });
  });

  it('gives tasks that shared a cluster one each, and says so', () => {
    const { new_cluster: _own, ...rest } = clean;
    const tasks = ['clean', 'report'].map((task_key) => ({ ...rest, task_key, job_cluster_key: 'main' }));
    const job_clusters = [{ job_cluster_key: 'main', new_cluster: cluster }];
    const { body, remarks } = parsePastRequest({ ...run, tasks, job_clusters }, undefined);
    const sizes = (body.tasks as readonly JsonObject[]).map((task) => task.new_cluster);
    assert.deepEqual(sizes, [
      { spark_version: '15.4.x-scala2.12', num_workers: 1 },
      { spark_version: '15.4.x-scala2.12', num_workers: 1 },
    ]);
    assert.deepEqual(remarks, [
      'tasks shared the cluster main: each gets one of its own',
      'its access list cannot be read: only you and the administrators will see the run that repeats it',
    ]);
  });

  it('says what cannot be asked again', () => {
    const each = { ...ended, task_key: 'each', for_each_task: { inputs: '[1]' } };
    const { new_cluster: _own, ...lost } = clean;
    assert.deepEqual(parsePastRequest({ ...run, tasks: [each, lost] }, permissions).obstacles, [
      'task each is for_each_task, of which the workspace does not tell everything',
      'task clean has no cluster in what the workspace tells',
    ]);
    assert.deepEqual(parsePastRequest(run, permissions).obstacles, ['the workspace tells no task of it']);
  });
});
