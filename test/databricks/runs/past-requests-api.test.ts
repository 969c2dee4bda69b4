import { strict as assert } from 'node:assert';
import { ConfigError, ConnectionError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Transport } from '../../../src/databricks/http/transport.ts';
import { pastRequestsApi } from '../../../src/databricks/runs/past-requests-api.ts';

const task = (id: number, key: string): JsonObject => ({
  run_id: id,
  task_key: key,
  spark_python_task: { python_file: `s3://acme/${key}.py` },
  new_cluster: { num_workers: 1 },
});

/** Answers by path and query; `refused` for what may not be read. */
function answering(answers: Readonly<Record<string, JsonObject | 'refused'>>): Transport {
  return async ({ path, query = {}, action }) => {
    const { include_resolved_values: _values, ...rest } = query;
    const key = [path.split('/').slice(-2).join('/'), ...Object.values(rest)].join(' ');
    const answer = answers[key];
    if (answer === undefined)
      throw new ConfigError(`Cannot ${action}`, { code: 'HERMES_DATABRICKS_NOT_FOUND' });
    if (answer === 'refused') throw new ConnectionError('no', { code: 'HERMES_DATABRICKS_FORBIDDEN' });
    return answer;
  };
}

const keysOf = (body: JsonObject) => (body.tasks as readonly JsonObject[]).map((each) => each.task_key);

describe('asking a workspace what a run was asked to do', () => {
  it('reads every page of tasks', async () => {
    const api = pastRequestsApi(
      answering({
        'runs/get 7': { run_id: 7, job_id: 1, tasks: [task(8, 'a')], next_page_token: 'more' },
        'runs/get 7 more': { run_id: 7, job_id: 1, tasks: [task(9, 'b')] },
        'jobs/1': { access_control_list: [] },
      }),
    );
    assert.deepEqual(keysOf((await api.pastRequest('7')).body), ['a', 'b']);
  });

  it('finds a task run that comes without tasks in the run that it belongs to', async () => {
    const api = pastRequestsApi(
      answering({
        'runs/get 9': { run_id: 9, job_run_id: 7, job_id: 1 },
        'runs/get 7': { run_id: 7, job_id: 1, tasks: [task(8, 'a'), task(9, 'b')] },
        'jobs/1': { access_control_list: [] },
      }),
    );
    assert.deepEqual(keysOf((await api.pastRequest('9')).body), ['b']);
  });

  it('goes on without an access list that may not be read, and fails for a run that is not there', async () => {
    const api = pastRequestsApi(
      answering({ 'runs/get 7': { run_id: 7, job_id: 1, tasks: [task(8, 'a')] }, 'jobs/1': 'refused' }),
    );
    const { body, remarks } = await api.pastRequest('7');
    assert.deepEqual([body.access_control_list, remarks.length], [undefined, 1]);
    await assert.rejects(api.pastRequest('12'), { message: 'Cannot read run 12' });
  });
});
