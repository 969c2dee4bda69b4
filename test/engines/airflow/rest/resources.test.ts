import assert from 'node:assert/strict';
import { type AirflowApi, openAirflow } from '../../../../src/engines/airflow/rest/airflow-api.ts';
import { importConnections, importVariables } from '../../../../src/engines/airflow/rest/bulk-import.ts';
import { triggerRun } from '../../../../src/engines/airflow/rest/dag-runs.ts';
import { getDag } from '../../../../src/engines/airflow/rest/dags.ts';
import { listImportErrors } from '../../../../src/engines/airflow/rest/import-errors.ts';
import { clearTasks, taskLinks } from '../../../../src/engines/airflow/rest/task-instances.ts';
import { taskLog } from '../../../../src/engines/airflow/rest/task-log.ts';
import { getXcom } from '../../../../src/engines/airflow/rest/xcom.ts';
import { swiftClock } from '../../../fakes/swift-clock.ts';
import { type AnsweringServer, answeringServer, type Heard, type Reply } from './a-server.ts';

const { signal } = new AbortController();
const key = { dagId: 'seattle', runId: 'manual__2026-11-21T06:00:00+00:00' };
/** As Airflow tells of a run that was just triggered. */
const startedRun = {
  dag_id: 'seattle',
  dag_run_id: key.runId,
  state: 'queued',
  run_type: 'manual',
  run_after: '2026-11-21T06:00:00Z',
  logical_date: null,
  queued_at: '2026-11-21T06:00:00Z',
  start_date: null,
  end_date: null,
  conf: { city: 'Oslo' },
};

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
    answer = () => ({ body: startedRun });
    const triggered = await triggerRun(api, 'seattle', { runId: key.runId, conf: { city: 'Oslo' } }, signal);
    assert.deepEqual(server.heard.at(-1)?.body, {
      logical_date: null,
      conf: { city: 'Oslo' },
      dag_run_id: key.runId,
    });
    assert.equal(triggered.logicalDate, undefined);
    assert.deepEqual(triggered.queuedAt, new Date(startedRun.queued_at));
  });

  it('takes for its own the run that is there after a trigger without a reply', async () => {
    const replies: Reply[] = [
      { status: 502, body: '' },
      { status: 409, body: { detail: 'DagRun already exists' } },
      { body: startedRun },
    ];
    answer = () => replies.shift();
    const trigger = { runId: key.runId, conf: { city: 'Oslo' } };
    assert.equal((await triggerRun(api, 'seattle', trigger, signal)).runId, key.runId);
    assert.deepEqual(
      server.heard.slice(-3).map(({ method }) => method),
      ['POST', 'POST', 'GET'],
    );
  });

  it('does not take for its own a run that was there before, or was asked for otherwise', async () => {
    const message = `Cannot trigger DAG seattle [endpoint=POST /api/v2/dags/seattle/dagRuns, status=409]: DagRun already exists`;
    const conflict = { status: 409, body: { detail: 'DagRun already exists' } };
    answer = () => conflict;
    const trigger = { runId: key.runId, conf: { city: 'Rome' } };
    await assert.rejects(triggerRun(api, 'seattle', trigger, signal), { message });
    const replies: Reply[] = [{ status: 503, body: '' }, conflict, { body: startedRun }];
    answer = () => replies.shift();
    await assert.rejects(triggerRun(api, 'seattle', trigger, signal), {
      message: message.replace('409]', '409, tries=2]'),
    });
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

  it('reads the log and the links of one of many instances of a mapped task', async () => {
    answer = () => ({ body: { continuation_token: null, content: [] } });
    await taskLog(api, key, { taskId: 'each', attempt: 2, mapIndex: 7 }, signal);
    assert.match(server.heard.at(-1)?.url ?? '', /\/each\/logs\/2\?full_content=true&map_index=7$/);
    answer = () => ({ body: { extra_links: { page: 'http://x' } } });
    assert.deepEqual(await taskLinks(api, key, 'each', signal, 7), { page: 'http://x' });
    assert.match(server.heard.at(-1)?.url ?? '', /\/each\/links\?map_index=7$/);
    await taskLinks(api, key, 'each', signal);
    assert.match(server.heard.at(-1)?.url ?? '', /\/each\/links\?map_index=-1$/);
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
      { event: 'hello', level: 'info', timestamp: '2026-11-21T06:00:00Z', logger: 'x' },
      { event: 'Task failed', level: 'error', timestamp: '', error: "KeyError: 'tempMax'" },
    ]);
  });
});
