import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactCatalog } from '../../../src/workspace/pages/artifact-catalog.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

const version = {
  version: '1.5.0',
  commit: '3f1c2aa00',
  builtAt: '2026-11-21T09:57:34Z',
  author: '<b>Ada</b>\u202e',
  isLatest: true,
  isBranchHead: false,
  files: [{ name: 'a<i>.py', sha256: 'ab'.repeat(32), bytes: 1234 }],
};
const artifacts: ArtifactCatalog = {
  teams: async () => ['market', 'weather'],
  projects: async (team) => [
    {
      project: `of-${team}`,
      environments: [{ environment: 'dev', latest: '1.5.0', releases: 2, branches: 1 }],
      builtAt: version.builtAt,
    },
  ],
  project: async (_team, project) =>
    project !== 'known'
      ? undefined
      : {
          environments: [
            {
              environment: 'dev',
              versions: [version],
              history: ['<u>x', 'https://ci.example/<b>7', 'file:///home/ada/a'].map((movedBy) => ({
                version: '1.5.0',
                movedAt: version.builtAt,
                movedBy,
                reason: 'push',
              })),
            },
          ],
        },
};

/** The log of a table as a writer leaves it; the names in it are hostile. */
function storeTable(folder: string): void {
  const fields = [{ name: '<b>month', type: 'string', nullable: true, metadata: { comment: '<i>x' } }];
  const metaData = { schemaString: JSON.stringify({ type: 'struct', fields }), partitionColumns: [] };
  const commitInfo = { timestamp: 0, operation: '<u>WRITE', operationParameters: { mode: '"<s>"' } };
  mkdirSync(join(folder, '_delta_log'), { recursive: true });
  writeFileSync(
    join(folder, '_delta_log', `${'0'.repeat(20)}.json`),
    [{ commitInfo }, { metaData }].map((action) => JSON.stringify(action)).join('\n'),
  );
}

describe('the pages of artifacts, policies, jobs and tables', () => {
  let workspace: TestWorkspace;
  let ada: string;
  before(async () => {
    const products = temporaryFolder();
    storeTable(join(products, 'climate', 'monthly'));
    const zones = [{ name: 'dev', products, production: false, readPrefix: '' }];
    workspace = await openWorkspace({ artifacts, zones });
    ada = workspace.user('ada@example.com', 'weather');
  });
  after(closeWorkspaces);

  const get = async (path: string, token = workspace.token): Promise<{ status: number; text: string }> => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${workspace.url}${path}`, { headers, redirect: 'manual' });
    return { status: response.status, text: await response.text() };
  };

  it('show what is published to the team that owns it, and to admins', async () => {
    const mine = await get('/artifacts', ada);
    assert.ok(mine.text.includes('of-weather') && !mine.text.includes('market'));
    assert.ok((await get('/artifacts')).text.includes('of-market'));
    const other = await get('/artifacts/market/known', ada);
    assert.equal(other.status, 403);
    assert.match(other.text, /ada@example\.com is not a member of market/);
    assert.equal((await get('/artifacts/weather/known', ada)).status, 200);
    assert.equal((await get('/artifacts/weather/unknown', ada)).status, 404);
  });

  it('show versions with their files, and where latest stood, as plain text', async () => {
    const { text } = await get('/artifacts/weather/known');
    for (const part of [
      '&lt;b&gt;Ada&lt;/b&gt;&lt;U+202E&gt;',
      'a&lt;i&gt;.py',
      `sha256 ${'ab'.repeat(32)}`,
      '>&lt;u&gt;x</td>',
      '<a href="https://ci.example/&lt;b&gt;7" rel="noreferrer">CI</a>',
      'title="file:///home/ada/a">CI of this machine</td>',
    ])
      assert.ok(text.includes(part), part);
  });

  it('show the rules of a policy to who may use it, and of a malformed one its text', async () => {
    const create = async (name: string, definition: string): Promise<string> => {
      const body = { name, definition };
      const made = await workspace.call<{ policy_id: string }>(
        'POST',
        '/api/2.0/policies/clusters/create',
        body,
      );
      return made.body.policy_id;
    };
    const good = await create('good', '{"spark_version": {"type": "fixed", "value": "<b>15"}}');
    const bad = await create('bad', '{"x": <script>');
    const page = await get(`/policies/${good}`);
    assert.ok(page.text.includes('&lt;b&gt;15') && page.text.includes('group admins'));
    assert.ok((await get(`/policies/${bad}`)).text.includes('This definition cannot be read'));
    assert.match((await get('/policies')).text, /good[\s\S]*unreadable|unreadable[\s\S]*good/);
    assert.equal((await get(`/policies/${good}`, ada)).status, 403);
    assert.ok(!(await get('/policies', ada)).text.includes(good));
  });

  it('show a saved job to who may see it, and start it for who may', async () => {
    const cluster = { num_workers: 1, spark_version: '15.4.x-scala2.12', node_type_id: 'm5.large' };
    const settings = {
      name: '<b>nightly',
      max_concurrent_runs: 0,
      tasks: [{ task_key: 'a', spark_python_task: { python_file: '/x.py' }, new_cluster: cluster }],
    };
    const { body } = await workspace.call<{ job_id: number }>('POST', '/api/2.2/jobs/create', settings);
    const path = `/jobs/${body.job_id}`;
    assert.ok((await get(path)).text.includes('<h1>&lt;b&gt;nightly</h1>'));
    assert.ok((await get('/jobs')).text.includes('&lt;b&gt;nightly'));
    assert.equal((await get(path, ada)).status, 403);
    const start = (token: string): Promise<Response> =>
      fetch(`${workspace.url}${path}/run`, {
        method: 'POST',
        redirect: 'manual',
        headers: { authorization: `Bearer ${token}`, origin: workspace.url },
      });
    assert.equal((await start(ada)).status, 403);
    assert.match(
      (await start(workspace.token)).headers.get('location') ?? '',
      new RegExp(`^${path}/runs/\\d+$`),
    );
    assert.ok((await get(path)).text.includes('Skipped'));
  });

  it('show a table: its columns, how it changed, and nothing as HTML', async () => {
    assert.ok((await get('/tables')).text.includes('href="/tables/dev/climate/monthly"'));
    const { text } = await get('/tables/dev/climate/monthly', ada);
    for (const part of ['&lt;b&gt;month', '&lt;i&gt;x', '&lt;u&gt;WRITE', '1970-01-01 00:00:00 UTC'])
      assert.ok(text.includes(part), part);
    for (const path of [
      '/tables/dev/climate/other',
      '/tables/dev/climate/..%2f..',
      '/tables/prod/climate/monthly',
    ])
      assert.equal((await get(path)).status, 404, path);
  });
});
