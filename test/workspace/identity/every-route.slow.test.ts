import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson, stringifyJson } from '../../../src/core/json.ts';
import { readScenario } from '../../../src/workspace/scenario/scenario.ts';
import { createApp } from '../../../src/workspace/server/app.ts';
import type { WorkspaceParts } from '../../../src/workspace/server/parts.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, plainCluster, type TestWorkspace } from '../workspace-harness.ts';
import { type Row, routeTable } from './route-table.ts';

/** The parts of a server as far as declaring its routes looks at them. */
const noParts: WorkspaceParts = new Proxy(() => noParts, {
  get: (_target, name) => (name === Symbol.toPrimitive ? () => '' : noParts),
}) as unknown as WorkspaceParts;

/** Methods and paths that the workspace knows, the three versions of an API as one. */
function routes(): string[] {
  const app = createApp(noParts, '', () => undefined);
  const known = app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/*');
  return [...new Set(known.map(({ method, path }) => `${method} ${newest(path)}`))];
}

function newest(path: string): string {
  return path.replace(/^\/api\/2\.[01]\/(jobs|clusters)\//, '/api/2.2/$1/');
}

/** What a route takes, as an expression. */
function patternOf(route: string): RegExp {
  return new RegExp(`^${route.replace(/:\w+(\{[^/]+\})?/g, '[^/]+').replace(/\*$/, '.*')}$`);
}

describe('every route of the workspace', () => {
  let workspace: TestWorkspace;
  const things: Record<string, string> = {};
  const tokens: (string | undefined)[] = [];

  before(async () => {
    const file = join(temporaryFolder(), 'quick.yaml');
    writeFileSync(file, 'runs: [{ outcome: success, log: hello }]\n');
    workspace = await openWorkspace({ scenario: readScenario(file) });
    const ana = workspace.user('ana@example.com', 'weather');
    const eva = workspace.user('eva@example.com', 'data-engineers');
    tokens.push(undefined, workspace.user('otto@example.com', 'market'), eva, ana);
    await makeThings(ana);
  });
  after(closeWorkspaces);

  const made = async (token: string | undefined, request: string, body: object) => {
    const [method = '', path = ''] = request.split(' ');
    const answer = await workspace.call<Record<string, string>>(method, path, body, token);
    assert.equal(answer.status, 200, `${request}: ${stringifyJson(answer.body)}`);
    return answer.body;
  };

  async function makeThings(ana: string): Promise<void> {
    const view = [{ group_name: 'data-engineers', permission_level: 'CAN_VIEW' }];
    const policies = '/api/2.0/policies/clusters/create';
    things.policy = String(
      (await made(undefined, `POST ${policies}`, { name: 'hidden-policy', definition: '{}' })).policy_id,
    );
    await made(undefined, `PUT /api/2.0/permissions/cluster-policies/${things.policy}`, {
      access_control_list: [{ group_name: 'weather', permission_level: 'CAN_USE' }],
    });
    const tags = { dag: 'hidden-dag', dag_run: 'r', task: 'clean', environment: 'dev', team: 'weather' };
    const task = {
      task_key: 'main',
      spark_python_task: { python_file: '/x.py' },
      new_cluster: { ...plainCluster, policy_id: things.policy, custom_tags: tags },
    };
    things.task = JSON.stringify(task);
    const job = { name: 'hidden-job', tasks: [task], access_control_list: view };
    things.saved = String((await made(ana, 'POST /api/2.2/jobs/create', job)).job_id);
    const submit = { run_name: 'hidden-run', tasks: [task], access_control_list: view };
    const id = (await made(ana, 'POST /api/2.2/jobs/runs/submit', submit)).run_id;
    const run = await workspace.runUntil(BigInt(id ?? 0));
    things.run = String(run.run_id);
    things.job = String(run.job_id);
    things.attempt = String(run.tasks[0]?.run_id);
    things.cluster = run.tasks[0]?.cluster_instance?.cluster_id ?? '';
    await made(ana, 'POST /api/2.0/secrets/scopes/create', { scope: 'hidden-scope' });
    await made(ana, 'POST /api/2.0/secrets/put', { scope: 'hidden-scope', key: 'k', string_value: 'v' });
    const reader = { scope: 'hidden-scope', principal: 'data-engineers', permission: 'READ' };
    await made(ana, 'POST /api/2.0/secrets/acls/put', reader);
    const volume = {
      catalog_name: 'main',
      schema_name: 'default',
      name: 'hidden_volume',
      volume_type: 'MANAGED',
    };
    await made(ana, 'POST /api/2.1/unity-catalog/volumes', volume);
    await made(ana, 'PATCH /api/2.1/unity-catalog/permissions/volume/main.default.hidden_volume', {
      changes: [{ principal: 'data-engineers', add: ['READ_VOLUME'] }],
    });
  }

  /** What a row answers to each, in turn. */
  async function answers([request, , body]: Row): Promise<string> {
    const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (all, name) => things[name] ?? all);
    const [method = '', path = ''] = fill(request).split(' ');
    const statuses = [];
    for (const token of tokens) {
      const isForm = body instanceof URLSearchParams;
      const content =
        body === undefined || isForm || typeof body === 'string'
          ? body
          : fill(JSON.stringify(body).replace('"{task}"', '{task}'));
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
      if (!path.startsWith('/api/') && method === 'POST') headers.origin = workspace.url;
      const init = { method, headers, redirect: 'manual' as const };
      const response = await fetch(
        `${workspace.url}${path}`,
        content === undefined ? init : { ...init, body: content },
      );
      const text = await response.text();
      statuses.push(response.status);
      if (token === tokens[1] && response.ok) assert.doesNotMatch(text, /hidden[-_]/, request);
      const known = response.headers.get('content-type')?.startsWith('application/json') === true;
      if (known && response.status === 200) remember(parseJson(text) as Record<string, unknown>);
    }
    return statuses.join(' ');
  }

  /** Names that later rows ask for. */
  function remember(answer: Record<string, unknown>): void {
    for (const name of ['handle', 'session_id', 'statement_id'])
      if (answer[name] !== undefined) things[name] = String(answer[name]);
  }

  it('is in the table of who may use it', () => {
    const rows = routeTable.map(([request]) => request.replace(/\?.*/, ''));
    const missing = routes().filter((route) => !rows.some((row) => patternOf(route).test(row)));
    assert.deepEqual(missing, []);
  });

  it('answers to each what the table says', async () => {
    const others: string[] = [];
    for (const row of routeTable) {
      const statuses = await answers(row);
      if (statuses !== row[1]) others.push(`${row[0]}: ${statuses}, not ${row[1]}`);
    }
    assert.deepEqual(others, []);
  });
});
