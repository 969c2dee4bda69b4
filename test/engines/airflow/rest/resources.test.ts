import assert from 'node:assert/strict';
import { type AirflowApi, openAirflow } from '../../../../src/engines/airflow/rest/airflow-api.ts';
import { importConnections, importVariables } from '../../../../src/engines/airflow/rest/bulk-import.ts';
import { triggerRun } from '../../../../src/engines/airflow/rest/dag-runs.ts';
import { getDag } from '../../../../src/engines/airflow/rest/dags.ts';
import { listImportErrors } from '../../../../src/engines/airflow/rest/import-errors.ts';
import { clearTasks } from '../../../../src/engines/airflow/rest/task-instances.ts';
import { taskLog } from '../../../../src/engines/airflow/rest/task-log.ts';
import { getXcom } from '../../../../src/engines/airflow/rest/xcom.ts';
import { swiftClock } from '../../../fakes/swift-clock.ts';
import { type AnsweringServer, answeringServer, type Heard, type Reply } from './a-server.ts';

const { signal } = new AbortController();
const key = { dagId: 'seattle', runId: 'manual__2026-11-21T06:00:00+00:00' };

describe('what is read from and written to Airflow', () => {
  let server: AnsweringServer;
  let api: AirflowApi;
  let answer: (request: Heard) => Reply | undefined;

  before(async () => {
    server = await answeringServer((request) =>
      request.url.startsWith('/api') ? answer(request) : undefined,
    );
    api = openAirflow({ url: server.url, signIn: 'everybody' }, swiftClock());
  });
  after(() => server.close());

  it('sets variables in one call: texts as they are, other values as JSON with long integers', async () => {
    answer = () => ({ body: { create: { success: ['a', 'b'], errors: [] } } });
    await importVariables(api, { a: 'text', b: { id: 9007199254740993n } }, signal);
    assert.deepEqual(server.heard.at(-1)?.body, {
      actions: [
        {
          action: 'create',
          entities: [
            { key: 'a', value: 'text' },
            { key: 'b', value: '{"id":9007199254740993}' },
          ],
          action_on_existence: 'overwrite',
        },
      ],
    });
    assert.equal(`${server.heard.at(-1)?.method} ${server.heard.at(-1)?.url}`, 'PATCH /api/v2/variables');
  });

  it('says which variables Airflow did not take', async () => {
    answer = () => ({
      body: { create: { success: [], errors: [{ error: 'key is too long', status_code: 409 }] } },
    });
    await assert.rejects(importVariables(api, { a: 1 }, signal), {
      message: 'Cannot set variables of Airflow: key is too long',
    });
  });

  it('sends nothing when there is nothing to set', async () => {
    const before = server.heard.length;
    await importConnections(api, [], signal);
    assert.equal(server.heard.length, before);
  });

  it('asks for a DAG that Airflow does not know, and gets nothing', async () => {
    answer = () => ({ status: 404, body: { detail: 'The Dag with ID: `x` was not found' } });
    assert.equal(await getDag(api, 'x', signal), undefined);
    assert.equal(await getXcom(api, key, 'clean', 'run_page_url', signal), undefined);
  });

  it('triggers without a logical date, which Airflow wants said', async () => {
    const at = '2026-11-21T06:00:00Z';
    const run = {
      dag_id: 'seattle',
      dag_run_id: key.runId,
      state: 'queued',
      run_type: 'manual',
      run_after: at,
    };
    const times = {
      logical_date: null,
      queued_at: at,
      start_date: null,
      end_date: null,
      conf: { city: 'Oslo' },
    };
    answer = () => ({ body: { ...run, ...times } });
    const triggered = await triggerRun(api, 'seattle', { conf: { city: 'Oslo' } }, signal);
    assert.deepEqual(server.heard.at(-1)?.body, { logical_date: null, conf: { city: 'Oslo' } });
    assert.equal(triggered.logicalDate, undefined);
    assert.deepEqual(triggered.queuedAt, new Date(at));
  });

  it('reads lists to their ends', async () => {
    const all = Array.from({ length: 230 }, (_, index) => ({
      filename: `f${index}.py`,
      stack_trace: 'Error',
      timestamp: '2026-11-21T06:00:00Z',
    }));
    answer = ({ url }) => {
      const query = new URL(url, 'http://x').searchParams;
      const offset = Number(query.get('offset'));
      const page = all.slice(offset, offset + Number(query.get('limit')));
      return { body: { import_errors: page, total_entries: all.length } };
    };
    assert.equal((await listImportErrors(api, signal)).length, 230);
  });

  it('clears for real, tasks that succeeded as well', async () => {
    answer = () => ({ body: { task_instances: [], total_entries: 0 } });
    await clearTasks(api, key, ['clean'], signal);
    assert.deepEqual(server.heard.at(-1)?.body, {
      dry_run: false,
      dag_run_id: key.runId,
      task_ids: ['clean'],
      only_failed: false,
      reset_dag_runs: true,
      include_downstream: false,
    });
  });

  it('reads a log, whether Airflow could parse its lines or not', async () => {
    const failed = { exc_type: 'KeyError', exc_value: "'tempMax'", frames: [] };
    answer = () => ({
      body: {
        continuation_token: null,
        content: [
          'a line',
          { event: 'hello', level: 'info', timestamp: '2026-11-21T06:00:00Z', logger: 'x' },
          { event: 'Task failed', level: 'error', timestamp: null, error_detail: [failed] },
        ],
      },
    });
    assert.deepEqual(await taskLog(api, key, { taskId: 'clean', attempt: 1 }, signal), [
      { event: 'a line', level: '', timestamp: '' },
      { event: 'hello', level: 'info', timestamp: '2026-11-21T06:00:00Z' },
      { event: 'Task failed', level: 'error', timestamp: '', error: "KeyError: 'tempMax'" },
    ]);
  });
});
