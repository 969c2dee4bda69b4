import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

describe('Files of DBFS and volumes', () => {
  let workspace: TestWorkspace;
  let ann: string;
  let bob: string;
  before(async () => {
    workspace = await openWorkspace();
    ann = workspace.user('ann@example.com', 'weather');
    bob = workspace.user('bob@example.com', 'other');
    const names = { catalog_name: 'main', schema_name: 'default', name: 'in', volume_type: 'MANAGED' };
    await workspace.call('POST', '/api/2.1/unity-catalog/volumes', names, ann);
  });
  after(closeWorkspaces);

  const dbfs = (method: string, path: string, body?: unknown) =>
    workspace.call(method, `/api/2.0/dbfs/${path}`, body, ann);
  const files = (method: string, path: string, body?: string | Buffer, token = ann, headers = {}) =>
    fetch(`${workspace.url}/api/2.0/fs/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
    });
  const json = async <T>(answer: Promise<Response>): Promise<T> => (await (await answer).json()) as T;
  const contents = (): string[] =>
    readdirSync(join(workspace.folder, 'files'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);

  it('writes a file of DBFS block by block, and reads it in pieces', async () => {
    const { handle } = (await dbfs('POST', 'create', { path: '/tmp/a/log.txt' })).body;
    for (const data of ['hello ', 'world']) await dbfs('POST', 'add-block', { handle, data: base64(data) });
    assert.equal((await dbfs('GET', 'get-status?path=/tmp/a/log.txt')).status, 404);
    await dbfs('POST', 'close', { handle: String(handle) });
    const { body } = await dbfs('GET', 'read?path=/tmp/a/log.txt&offset=6&length=100');
    assert.deepEqual(body, { bytes_read: 5, data: base64('world') });
    const beyond = await dbfs('GET', 'read?path=/tmp/a/log.txt&offset=99');
    assert.deepEqual(beyond.body, { bytes_read: 0, data: '' });
    const listed = (await dbfs('GET', 'list?path=dbfs:/tmp/a')).body.files as Record<string, unknown>[];
    assert.deepEqual(
      [listed[0]?.path, listed[0]?.is_dir, listed[0]?.file_size],
      ['/tmp/a/log.txt', false, 11],
    );
    const gone = await dbfs('POST', 'add-block', { handle, data: '' });
    assert.deepEqual(gone.body, {
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `No file is open by the handle ${handle}.`,
    });
  });

  it('puts, moves and deletes in DBFS with the errors that clients look for', async () => {
    const put = (path: string, text: string, overwrite?: boolean) =>
      dbfs('POST', 'put', { path, contents: base64(text), overwrite });
    await put('/m/one', '1');
    assert.deepEqual(await put('/m/one', '2'), {
      status: 400,
      body: {
        error_code: 'RESOURCE_ALREADY_EXISTS',
        message: 'A file or directory already exists at the input path dbfs:/m/one.',
      },
    });
    const huge = await put('/m/huge', 'x'.repeat(1024 ** 2 + 1));
    assert.equal(huge.body.error_code, 'MAX_BLOCK_SIZE_EXCEEDED');
    await dbfs('POST', 'move', { source_path: '/m', destination_path: '/n' });
    assert.equal((await dbfs('GET', 'get-status?path=/m/one')).status, 404);
    assert.equal((await dbfs('GET', 'read?path=/n/one')).body.data, base64('1'));
    const intoItself = await dbfs('POST', 'move', { source_path: '/n', destination_path: '/n/x' });
    assert.equal(intoItself.body.message, 'dbfs:/n cannot be moved into itself.');
    assert.equal((await dbfs('POST', 'delete', { path: '/n' })).body.error_code, 'IO_ERROR');
    assert.deepEqual((await dbfs('POST', 'delete', { path: '/n', recursive: true })).body, {});
    assert.deepEqual((await dbfs('POST', 'delete', { path: '/n' })).body, {});
  });

  it('keeps a file of a volume, in whole and by ranges, as its owner grants', async () => {
    const path = 'files/Volumes/main/default/in/b%20y/sdk%2B%25%C3%A9.bin';
    const bytes = randomBytes(5_000);
    assert.equal((await files('PUT', path, bytes)).status, 204);
    assert.equal((await files('PUT', `${path}?overwrite=false`, 'x')).status, 409);
    const whole = await files('GET', path);
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes);
    const part = await files('GET', path, undefined, ann, { range: 'bytes=10-19' });
    assert.deepEqual(
      [part.status, part.headers.get('content-range'), Buffer.from(await part.arrayBuffer())],
      [206, 'bytes 10-19/5000', bytes.subarray(10, 20)],
    );
    const head = await files('HEAD', path);
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '5000']);
    assert.equal((await files('HEAD', path.replace('files/', 'directories/'))).status, 404);
    const listed = await json<{ contents: { path: string }[] }>(
      files('GET', 'directories/Volumes/main/default/in/b%20y'),
    );
    assert.equal(listed.contents[0]?.path, '/Volumes/main/default/in/b y/sdk+%é.bin');
    assert.equal((await files('GET', path, undefined, bob)).status, 404);
    const grant = { changes: [{ principal: 'other', add: ['READ_VOLUME'] }] };
    await workspace.call('PATCH', '/api/2.1/unity-catalog/permissions/volume/main.default.in', grant, ann);
    assert.equal((await files('GET', path, undefined, bob)).status, 200);
    assert.equal((await files('PUT', path, 'mine', bob)).status, 403);
    const full = await json<{ details: { reason: string }[] }>(
      files('DELETE', 'directories/Volumes/main/default/in/b%20y'),
    );
    assert.equal(full.details[0]?.reason, 'FILES_API_DIRECTORY_IS_NOT_EMPTY');
    assert.equal((await files('DELETE', path)).status, 204);
    assert.equal((await files('DELETE', 'directories/Volumes/main/default/in/b%20y')).status, 204);
  });

  it('joins a large file from parts that came in any order, and leaves nothing of an aborted one', async () => {
    const path = '/Volumes/main/default/in/large.bin';
    const before = contents().length;
    const begin = async () => {
      const begun = files('POST', `files${path}?action=initiate-upload&overwrite=true`);
      const { multipart_upload: session } = await json<{ multipart_upload: { session_token: string } }>(
        begun,
      );
      return session.session_token;
    };
    const token = await begin();
    const body = { path, session_token: token, start_part_number: 1, count: 2 };
    const { body: answer } = await workspace.call('POST', '/api/2.0/fs/create-upload-part-urls', body, ann);
    const urls = answer.upload_part_urls as { url: string; part_number: number }[];
    const parts = [];
    for (const { url, part_number } of urls.toReversed()) {
      const sent = await fetch(url, { method: 'PUT', body: `part ${part_number} ` });
      parts.push({ part_number, etag: sent.headers.get('etag') });
    }
    const complete = `files${path}?action=complete-upload&upload_type=multipart&session_token=${token}`;
    assert.equal((await files('POST', complete, JSON.stringify({ parts }))).status, 200);
    assert.equal(await (await files('GET', `files${path}`)).text(), 'part 1 part 2 ');
    const aborted = await begin();
    await fetch(`${workspace.url}/upload-parts/${aborted}/1`, { method: 'PUT', body: 'x' });
    await fetch(`${workspace.url}/upload-parts/${aborted}`, { method: 'DELETE' });
    assert.equal(contents().length, before + 1);
    const strange = await fetch(`${workspace.url}/upload-parts/unknown/1`, { method: 'PUT', body: 'x' });
    assert.equal(strange.status, 404);
  });

  it('gives away nothing of this machine, whatever the path is made of', async () => {
    const piece = fc.constantFrom(
      ...['..', '.', '~', '%2e%2e', '..%2f', '%2F', '%5C..%5C', '\\..\\', '%00', '%c0%ae', 'workspace.db'],
      ...[
        'owner-token',
        'secrets.key',
        'e\u0301',
        'x'.repeat(300),
        '%252e%252e',
        'files',
        'incoming',
        '\u202e',
      ],
    );
    const known = new Set(contents());
    const paths = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('/'));
    const roots = fc.constantFrom('fs/files/Volumes/main/default/in/', 'fs/directories/', 'workspace-files/');
    await fc.assert(
      fc.asyncProperty(roots, paths, async (root, path) => {
        const { status, text } = await raw('GET', `/api/2.0/${root}${path}`);
        // A name of a file may be what was put under it before.
        const isOwn = ['', 'hostile'].includes(text) || text.startsWith('{"contents"');
        assert.ok(status >= 400 || isOwn, `${status} ${text}`);
        assert.ok(!text.includes(workspace.token) && !text.includes(workspace.folder), text);
        await raw('PUT', `/api/2.0/fs/files/Volumes/main/default/in/${path}`, 'hostile');
      }),
      { numRuns: 40 },
    );
    const made = contents().filter((name) => !known.has(name));
    assert.ok(made.every((name) => /^[0-9a-f]{32}$/.test(name)));
  });

  // Written as it is: fetch would resolve the dots before it sends them.
  function raw(method: string, path: string, body = ''): Promise<{ status: number; text: string }> {
    const { hostname, port } = new URL(workspace.url);
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${ann}`, 'content-length': Buffer.byteLength(body) };
      const asked = request({
        hostname,
        port,
        method,
        path: encodeURI(path).replaceAll('%25', '%'),
        headers,
      });
      asked.on('error', reject);
      asked.on('response', async (answer) => {
        const text = Buffer.concat(await answer.toArray()).toString('latin1');
        resolve({ status: answer.statusCode ?? 0, text });
      });
      asked.end(body);
    });
  }
});
