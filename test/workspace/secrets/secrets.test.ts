import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson } from '../../../src/core/json.ts';
import { closeWorkspaces, openWorkspace, submitBody, type TestWorkspace } from '../workspace-harness.ts';

const VALUE = 'correct horse battery staple';

describe('Secrets', () => {
  let workspace: TestWorkspace;
  let ann: string;
  let bob: string;
  before(async () => {
    workspace = await openWorkspace();
    ann = workspace.user('ann@example.com', 'weather');
    bob = workspace.user('bob@example.com', 'other');
    await call('POST', 'scopes/create', { scope: 'weather' });
    await call('POST', 'put', { scope: 'weather', key: 'api', string_value: VALUE });
  });
  after(closeWorkspaces);

  const call = (method: string, path: string, body?: unknown, token = ann) =>
    workspace.call(method, `/api/2.0/secrets/${path}`, body, token);

  it('gives a value back as base64 to who may read it, and its name only in lists', async () => {
    const { body } = await call('GET', 'get?scope=weather&key=api');
    assert.deepEqual(body, { key: 'api', value: Buffer.from(VALUE).toString('base64') });
    const listed = (await call('GET', 'list?scope=weather')).body.secrets as Record<string, unknown>[];
    assert.deepEqual(Object.keys(listed[0] ?? {}), ['key', 'last_updated_timestamp']);
    assert.deepEqual((await call('GET', 'get?scope=weather&key=none')).body, {
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'Secret does not exist with scope: weather and key: none',
    });
    const again = await call('POST', 'scopes/create', { scope: 'weather' });
    assert.deepEqual([again.status, again.body.message], [400, 'Scope weather already exists!']);
  });

  it('holds READ, WRITE and MANAGE apart', async () => {
    assert.equal((await call('GET', 'list?scope=weather', undefined, bob)).status, 403);
    assert.deepEqual((await call('GET', 'scopes/list', undefined, bob)).body, {});
    await call('POST', 'acls/put', { scope: 'weather', principal: 'other', permission: 'READ' });
    assert.equal((await call('GET', 'get?scope=weather&key=api', undefined, bob)).status, 200);
    const put = { scope: 'weather', key: 'own', bytes_value: Buffer.from('x').toString('base64') };
    assert.deepEqual((await call('POST', 'put', put, bob)).body, {
      error_code: 'PERMISSION_DENIED',
      message: 'User bob@example.com does not have WRITE permission on scope weather.',
    });
    assert.deepEqual((await call('GET', 'acls/get?scope=weather&principal=other')).body, {
      principal: 'other',
      permission: 'READ',
    });
    await call('POST', 'acls/delete', { scope: 'weather', principal: 'other' });
    assert.equal((await call('GET', 'acls/get?scope=weather&principal=other')).status, 404);
    assert.equal((await call('GET', 'get?scope=weather&key=api', undefined, bob)).status, 403);
  });

  it('lies encrypted on disk, with a key that only the owner of the folder reads', () => {
    for (const file of ['workspace.db', 'workspace.db-wal'])
      assert.ok(!readFileSync(join(workspace.folder, file)).includes(VALUE), file);
    assert.equal(statSync(join(workspace.folder, 'secrets.key')).mode & 0o777, 0o600);
  });

  it('lets no run begin whose reference leads nowhere, and is never in an answer about one', async () => {
    const submit = (reference: string, token = workspace.token) =>
      workspace.call(
        'POST',
        '/api/2.2/jobs/runs/submit',
        submitBody('/tmp/none.py', { cluster: { spark_env_vars: { KEY: reference } } }),
        token,
      );
    const nowhere = await submit('{{secrets/weather/none}}');
    assert.deepEqual(nowhere.body, {
      error_code: 'INVALID_PARAMETER_VALUE',
      message: 'Cluster validation error: Secret does not exist with scope: weather and key: none',
    });
    const reference = '{{secrets/weather/api}}';
    const { status, body } = await submit(reference);
    assert.equal(status, 200);
    const run = await workspace.run(body.run_id as number);
    assert.ok(stringifyJson(run).includes(reference) && !stringifyJson(run).includes(VALUE));
  });
});
