import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Json, type JsonObject, stringifyJson } from '../../../src/core/json.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';
import { jobSettings, submitBody } from './random-settings.ts';

const CASES = 500;

/** Requests that mean something, of which one place is then changed. */
const EXAMPLES: Readonly<Record<string, JsonObject>> = {
  'POST /api/2.2/jobs/update': { job_id: 1, new_settings: { name: 'x' }, fields_to_remove: ['schedule'] },
  'POST /api/2.2/jobs/delete': { job_id: 1 },
  'POST /api/2.2/jobs/run-now': {
    job_id: 1,
    job_parameters: { a: 'b' },
    python_params: ['x'],
    only: ['main'],
  },
  'POST /api/2.2/jobs/runs/cancel': { run_id: 1001 },
  'POST /api/2.2/jobs/runs/cancel-all': { job_id: 1, all_queued_runs: true },
  'POST /api/2.2/jobs/runs/repair': { run_id: 1001, rerun_tasks: ['main'], latest_repair_id: 1 },
  'POST /api/2.2/jobs/runs/delete': { run_id: 1001 },
  'GET /api/2.2/jobs/get': { job_id: 1, page_token: 'x' },
  'GET /api/2.2/jobs/list': { limit: 5, offset: 1, name: 'x', expand_tasks: true, page_token: '' },
  'GET /api/2.2/jobs/runs/get': { run_id: 1001, include_history: true, page_token: 'x' },
  'GET /api/2.2/jobs/runs/list': {
    job_id: 1,
    limit: 5,
    start_time_from: 1,
    run_type: 'JOB_RUN',
    page_token: 'x',
  },
  'GET /api/2.2/jobs/runs/get-output': { run_id: 1002 },
  'POST /api/2.0/policies/clusters/create': { name: 'p', definition: '{"a":{"type":"fixed","value":1}}' },
  'POST /api/2.0/policies/clusters/edit': {
    policy_id: 'X',
    name: 'p',
    definition: '{}',
    libraries: [{ whl: '/a' }],
  },
  'GET /api/2.0/policies/clusters/list': { sort_order: 'ASC', sort_column: 'POLICY_NAME' },
  'PUT /api/2.0/permissions/jobs/1': {
    access_control_list: [{ user_name: 'a', permission_level: 'IS_OWNER' }],
  },
  'PATCH /api/2.0/permissions/directories/1': {
    access_control_list: [{ group_name: 'a', permission_level: 'CAN_READ' }],
  },
  'GET /api/2.0/workspace/get-status': { path: '/Shared' },
  'GET /api/2.0/workspace/list': { path: '/Shared', notebooks_modified_after: 1 },
  'GET /api/2.0/workspace/export': { path: '/Shared/a', format: 'SOURCE', direct_download: true },
  'POST /api/2.0/workspace/mkdirs': { path: '/Shared/a/b' },
  'POST /api/2.0/workspace/import': {
    path: '/Shared/a',
    content: 'YQ==',
    format: 'AUTO',
    language: 'PYTHON',
    overwrite: true,
  },
  'POST /api/2.0/workspace/delete': { path: '/Shared/a', recursive: true },
  'POST /api/2.0/dbfs/create': { path: '/a', overwrite: true },
  'POST /api/2.0/dbfs/add-block': { handle: 1, data: 'YQ==' },
  'POST /api/2.0/dbfs/close': { handle: 1 },
  'POST /api/2.0/dbfs/put': { path: '/a', contents: 'YQ==', overwrite: true },
  'POST /api/2.0/dbfs/move': { source_path: '/a', destination_path: '/b' },
  'POST /api/2.0/dbfs/delete': { path: '/a', recursive: true },
  'GET /api/2.0/dbfs/read': { path: '/a', offset: 0, length: 10 },
  'GET /api/2.0/dbfs/list': { path: '/' },
  'POST /api/2.0/secrets/scopes/create': { scope: 's', initial_manage_principal: 'users' },
  'POST /api/2.0/secrets/put': { scope: 's', key: 'k', string_value: 'v' },
  'POST /api/2.0/secrets/acls/put': { scope: 's', principal: 'a', permission: 'READ' },
  'GET /api/2.0/secrets/get': { scope: 's', key: 'k' },
  'GET /api/2.1/clusters/list': { page_size: 5, page_token: 'x', filter_by: {} },
  'POST /api/2.1/clusters/events': {
    cluster_id: 'x',
    order: 'ASC',
    limit: 5,
    offset: 0,
    event_types: ['CREATING'],
  },
  'POST /api/2.0/token/create': { comment: 'x', lifetime_seconds: 10 },
  'GET /api/2.0/preview/scim/v2/Users': { filter: 'userName eq "a"', startIndex: 1, count: 5 },
  'POST /api/2.1/unity-catalog/volumes': {
    catalog_name: 'a',
    schema_name: 'b',
    name: 'c',
    volume_type: 'MANAGED',
  },
  'PATCH /api/2.1/unity-catalog/permissions/volume/a.b.c': {
    changes: [{ principal: 'x', add: ['READ_VOLUME'] }],
  },
  'POST /api/2.0/fs/files/Volumes/a/b/c/d?action=initiate-upload': { x: 1 },
  'POST /api/2.0/sql/sessions/': { warehouse_id: 'embedded', catalog: 'x', session_confs: { a: 'b' } },
};

const hostile: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(
    '',
    '/',
    '/Users/../..',
    '%2e%2e/x',
    '1001',
    'null',
    '\u0000',
    '{{job.id}}',
    'é'.repeat(300),
  ),
  fc.constantFrom<Json[]>(0, -1, 1.5, 2 ** 53, 1e300, 9223372036854775807n, -9223372036854775809n),
  fc.constantFrom<Json[]>(true, false, null, [], {}, [[]], [null], { a: {} }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const request = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...Object.entries(EXAMPLES)) },
  { weight: 1, arbitrary: submitBody.map((body) => ['POST /api/2.2/jobs/runs/submit', body] as const) },
  { weight: 1, arbitrary: jobSettings.map((body) => ['POST /api/2.1/jobs/create', body] as const) },
);

describe('hostile requests', () => {
  let workspace: TestWorkspace;
  before(async () => {
    // Nothing starts: every run stays in the queue.
    workspace = await openWorkspace({ maxConcurrent: 0 });
  });
  after(closeWorkspaces);

  it('are refused in the words of the API, and never break the workspace', async () => {
    const property = fc.asyncProperty(request, fc.nat(), hostile, async ([address, body], place, value) => {
      const { status, text } = await send(workspace, address, changed(body as unknown as Json, place, value));
      assert.ok(status < 500, `${status} ${text}`);
      if (status >= 400) assert.match(text, /^\{"error_code":"[A-Z_]+","message":"/);
      else await assertTold(workspace, text);
    });
    await fc.assert(property, { numRuns: CASES });
  });
});

/** What was made can be asked for. */
async function assertTold(workspace: TestWorkspace, text: string): Promise<void> {
  const [, kind, id] = /^\{"(job|run)_id":(\d+)[,}]/.exec(text) ?? [];
  if (kind === undefined) return;
  const path = kind === 'job' ? `get?job_id=${id}` : `runs/get?run_id=${id}`;
  const found = await send(workspace, `GET /api/2.2/jobs/${path}`, {});
  assert.equal(found.status, 200, found.text);
}

async function send(
  { url, token }: TestWorkspace,
  address: string,
  body: Json,
): Promise<{ status: number; text: string }> {
  const [method = '', path = ''] = address.split(' ');
  const words = Object.entries(body as JsonObject).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : stringifyJson(value),
  ]);
  const isGet = method === 'GET';
  const response = await fetch(
    `${url}${path}${words.length > 0 && isGet ? `?${new URLSearchParams(words)}` : ''}`,
    {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(isGet ? {} : { body: stringifyJson(body) }),
    },
  );
  return { status: response.status, text: await response.text() };
}

/** The body with another value at one of its places. */
function changed(body: Json, place: number, value: Json): Json {
  const places = placesOf(body);
  const path = places[place % places.length] ?? [];
  const copy = structuredClone(body) as Record<string, Json>;
  let at = copy;
  for (const name of path.slice(0, -1)) at = at[name] as Record<string, Json>;
  at[path.at(-1) ?? ''] = value;
  return copy;
}

function placesOf(value: Json): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [name],
    ...placesOf(inner).map((path) => [name, ...path]),
  ]);
}
