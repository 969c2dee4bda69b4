import assert from 'node:assert/strict';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

const home = '/Workspace/Users/ann@example.com';
const NOTEBOOK = '# Databricks notebook source\nprint(1)\n';

describe('The workspace tree', () => {
  let workspace: TestWorkspace;
  let ann: string;
  let bob: string;
  before(async () => {
    workspace = await openWorkspace();
    ann = workspace.user('ann@example.com', 'weather');
    bob = workspace.user('bob@example.com', 'other');
  });
  after(closeWorkspaces);

  const call = (method: string, path: string, body?: unknown, token = ann) =>
    workspace.call(method, `/api/2.0/${path}`, body, token);
  const stat = (path: string, token = ann) =>
    call('GET', `workspace/get-status?path=${encodeURIComponent(path)}`, undefined, token);
  const mkdirs = (path: string, token = ann) => call('POST', 'workspace/mkdirs', { path }, token);
  const upload = async (path: string, bytes: string, overwrite = false, token = ann) => {
    const url = `${workspace.url}/api/2.0/workspace-files/import-file/${encodeURIComponent(path.slice(1))}`;
    const response = await fetch(`${url}?overwrite=${overwrite}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: bytes,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const download = async (path: string, format = 'SOURCE') => {
    const query = new URLSearchParams({ path, format, direct_download: 'true' });
    const headers = { authorization: `Bearer ${ann}` };
    return (await fetch(`${workspace.url}/api/2.0/workspace/export?${query}`, { headers })).text();
  };
  const list = async (path: string, token = ann) => {
    const { body } = await call('GET', `workspace/list?path=${encodeURIComponent(path)}`, undefined, token);
    return ((body.objects ?? []) as { path: string }[]).map((object) => object.path);
  };

  it('has a home for each user, and takes /Workspace for the same place', async () => {
    assert.equal((await stat(home)).body.object_type, 'DIRECTORY');
    assert.deepEqual((await mkdirs(`${home}/a//b/`)).body, {});
    assert.deepEqual(await list(`${home}/a`), [`${home}/a/b`]);
    assert.deepEqual(await list('/Users/ann@example.com/a'), ['/Users/ann@example.com/a/b']);
    assert.equal((await stat('//Workspace/Users')).body.path, '/Users');
    assert.deepEqual((await mkdirs(`${home}/a`)).body, {});
  });

  it('writes a file only where its directory stands, and over another only when told to', async () => {
    const path = `${home}/lock/deploy.lock`;
    assert.deepEqual(await upload(path, 'one'), {
      status: 404,
      body: {
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `The parent folder (${home}/lock) does not exist.`,
      },
    });
    await mkdirs(`${home}/lock`);
    assert.equal((await upload(path, 'one')).status, 200);
    const { object_id: id } = (await stat(path)).body;
    assert.deepEqual(await upload(path, 'two'), {
      status: 409,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: `Path (${path}) already exists.` },
    });
    assert.equal(await download(path), 'one');
    assert.equal((await upload(path, 'three', true)).status, 200);
    assert.equal(await download(path), 'three');
    const after = (await stat(path)).body;
    assert.deepEqual([after.object_id, after.object_type, after.size], [id, 'FILE', 5]);
  });

  it('takes source with the header line for a notebook, without its ending', async () => {
    await mkdirs(`${home}/nb`);
    await upload(`${home}/nb/daily.py`, NOTEBOOK);
    const plain = `${home}/plain.py`;
    await upload(plain, `# no notebook\n${'x = 1\n'.repeat(50_000)}`);
    assert.equal((await stat(plain)).body.size, 300_014);
    assert.equal((await download(plain)).length, 300_014);
    assert.deepEqual(await list(`${home}/nb`), [`${home}/nb/daily`]);
    const { object_type: type, language, size } = (await stat(`${home}/nb/daily`)).body;
    assert.deepEqual([type, language, size], ['NOTEBOOK', 'PYTHON', undefined]);
    assert.equal((await stat(`${home}/nb/daily.py`)).status, 404);
    const content = Buffer.from('print(2)').toString('base64');
    const twice = { path: `${home}/nb/daily`, format: 'SOURCE', language: 'PYTHON', content };
    const taken = await call('POST', 'workspace/import', twice);
    assert.deepEqual([taken.status, taken.body.error_code], [400, 'RESOURCE_ALREADY_EXISTS']);
    await call('POST', 'workspace/import', { ...twice, overwrite: 'true' });
    assert.equal(await download(`${home}/nb/daily`), '# Databricks notebook source\nprint(2)');
    const exported = await call('GET', `workspace/export?path=${encodeURIComponent(`${home}/nb/daily`)}`);
    assert.equal(exported.body.file_type, 'py');
  });

  it('keeps an IPython notebook as it came, and gives it as source to who asks for that', async () => {
    const cells = [
      { cell_type: 'markdown', source: ['# Title\n', 'text'] },
      { cell_type: 'code', source: 'print(1)' },
      { cell_type: 'code', source: '%pip install x' },
    ];
    const jupyter = JSON.stringify({ nbformat: 4, cells });
    await upload(`${home}/nb/look.ipynb`, jupyter);
    assert.equal(await download(`${home}/nb/look`, 'AUTO'), jupyter);
    const query = `path=${encodeURIComponent(`${home}/nb/look`)}&return_export_info=true`;
    const { body } = await call('GET', `workspace/get-status?${query}`);
    assert.equal(body.repos_export_format, 'JUPYTER');
    assert.equal(
      await download(`${home}/nb/look`),
      [
        '# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title\n# MAGIC text',
        'print(1)',
        '# MAGIC %pip install x\n',
      ].join('\n\n# COMMAND ----------\n\n'),
    );
  });

  it('deletes a directory with content only when told to, and homes never', async () => {
    await mkdirs(`${home}/gone/sub`);
    await upload(`${home}/gone/sub/f`, 'x');
    const remove = (path: string, recursive?: boolean) =>
      call('POST', 'workspace/delete', { path, recursive });
    assert.equal((await remove(`${home}/gone`)).body.error_code, 'DIRECTORY_NOT_EMPTY');
    assert.deepEqual((await remove(`${home}/gone`, true)).body, {});
    assert.equal((await remove(`${home}/gone`, true)).status, 404);
    assert.deepEqual((await stat(`${home}/gone/sub/f`)).body, {
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Path (${home}/gone/sub/f) doesn't exist.`,
    });
    assert.equal((await remove(home, true)).body.message, 'Folder ann@example.com is protected');
  });

  it('hides a home from others until its owner lets them in', async () => {
    await mkdirs(`${home}/shared`);
    await upload(`${home}/shared/data.csv`, 'a,b');
    const file = `${home}/shared/data.csv`;
    assert.equal((await stat(file, bob)).status, 404);
    assert.deepEqual(await list('/Users', bob), ['/Users/bob@example.com']);
    const refused = await upload(`${home}/shared/mine`, 'x', true, bob);
    assert.deepEqual([refused.status, refused.body.error_code], [403, 'PERMISSION_DENIED']);
    const { object_id: id } = (await stat(`${home}/shared`)).body;
    const grants = { access_control_list: [{ group_name: 'other', permission_level: 'CAN_READ' }] };
    assert.equal((await call('PATCH', `permissions/directories/${id}`, grants, bob)).status, 404);
    const given = await call('PUT', `permissions/directories/${id}`, grants);
    assert.deepEqual([given.body.object_id, given.body.object_type], [`/directories/${id}`, 'directory']);
    assert.equal((await stat(file, bob)).body.size, 3);
    assert.equal((await upload(file, 'z', true, bob)).status, 403);
    assert.equal((await call('PATCH', `permissions/directories/${id}`, grants, bob)).status, 403);
    const { object_id: fileId } = (await stat(file)).body;
    const { body } = await call('GET', `permissions/files/${fileId}`, undefined, bob);
    const names = (body.access_control_list as Record<string, string>[]).map(
      (line) => line.group_name ?? line.user_name,
    );
    assert.deepEqual(names, ['ann@example.com', 'other', 'admins']);
  });
});
