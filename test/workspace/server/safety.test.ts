import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { isOwnHost, isOwnOrigin } from '../../../src/workspace/server/own-site.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

describe('the door of the workspace', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await openWorkspace();
  });
  after(closeWorkspaces);

  /** The status of what is answered to bytes as they are. */
  const send = (...pieces: (string | Buffer)[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(workspace.url).port), '127.0.0.1');
      let said = '';
      socket.on('data', (chunk) => {
        said += chunk;
        socket.destroy();
      });
      socket.on('close', () => resolve(said.split(' ')[1] ?? 'closed'));
      socket.on('error', reject);
      for (const piece of pieces) socket.write(piece);
    });
  const bearer = (): string => `Authorization: Bearer ${workspace.token}`;

  it('answers to no name but 127.0.0.1 and localhost', () => {
    for (const host of ['127.0.0.1', '127.0.0.1:7413', 'localhost', 'LOCALHOST:1'])
      assert.ok(isOwnHost(host), host);
    for (const host of [
      undefined,
      '',
      'evil.example',
      'localhost.evil.example',
      'evil-localhost',
      'localhost.',
      '127.0.0.1.nip.io',
      '127.0.0.1:80:80',
      '127.0.0.1:x',
      '[::1]:7413',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0.0.0.0',
      'user@localhost',
      'localhost/evil',
      'localhost\n',
    ])
      assert.ok(!isOwnHost(host), String(host));
    const own = fc.constantFrom('127.0.0.1', 'localhost');
    fc.assert(
      fc.property(fc.string(), own, fc.string(), (before, name, after) => {
        assert.equal(isOwnHost(before + name + after), before === '' && /^(:\d{1,5})?$/.test(after));
      }),
    );
  });

  it('takes no request that a page of another site made', () => {
    const host = 'localhost:7413';
    assert.ok(isOwnOrigin(undefined, host));
    assert.ok(isOwnOrigin('http://localhost:7413', host));
    for (const origin of ['null', '', 'https://localhost:7413', 'http://localhost:7414', 'http://localhost'])
      assert.ok(!isOwnOrigin(origin, host), origin);
    fc.assert(fc.property(fc.string(), (origin) => assert.ok(!isOwnOrigin(origin, host))));
  });

  it('refuses names of elsewhere in header and target, before it looks who asks', async () => {
    const own = new URL(workspace.url).host;
    const me = '/api/2.0/preview/scim/v2/Me';
    const get = (target: string, ...headers: string[]) =>
      send(`GET ${target} HTTP/1.1\r\n${[...headers, bearer()].join('\r\n')}\r\n\r\n`);
    assert.equal(await get(me, `Host: ${own}`), '200');
    assert.equal(await get(me, 'Host: evil.example'), '421');
    assert.equal(await get(`http://evil.example${me}`, `Host: ${own}`), '421');
    assert.equal(await get(me, `Host: ${own}`, 'Host: evil.example'), '421');
    assert.equal(await get(me), '400');
    assert.equal(await get(me, `Host: ${own}`, 'Origin: http://evil.example'), '403');
    assert.equal(await get(me, `Host: ${own}`, `X-Long: ${'x'.repeat(20_000)}`), '431');
    assert.equal(await get('/../../../../etc/passwd', `Host: ${own}`), '404');
  });

  it('allows other sites nothing: no answer carries a header of CORS', async () => {
    const answer = await fetch(`${workspace.url}/api/2.0/preview/scim/v2/Me`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'GET' },
    });
    assert.equal(answer.status, 401);
    assert.deepEqual(
      [...answer.headers.keys()].filter((name) => name.startsWith('access-control')),
      [],
    );
    assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
  });

  it('reads no more of a body than it takes, whether its length is told or not', async () => {
    const head = (path: string, ...headers: string[]) =>
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers.join('\r\n')}\r\n\r\n`;
    const length = (bytes: number) => `Content-Length: ${bytes}`;
    const chunk = Buffer.from(`100000\r\n${' '.repeat(0x100000)}\r\n`);
    const chunks = Array.from({ length: 11 }, () => chunk);
    assert.equal(await send(head('/api/2.2/jobs/runs/submit', bearer(), length(11 * 1024 ** 2))), '400');
    assert.equal(await send(head('/oidc/v1/token', 'Transfer-Encoding: chunked'), ...chunks), '400');
    assert.equal(await send(head('/login', length(100_000))), '413');
  });

  it('keeps no token where it could be read, but that of the owner, for him alone', async () => {
    const ana = workspace.user('ana@example.com');
    const made = await workspace.call<{ token_value: string }>('POST', '/api/2.0/token/create', {}, ana);
    const secrets = [ana, made.body.token_value, workspace.token].map((secret) => Buffer.from(secret));
    const files = readdirSync(workspace.folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(workspace.folder, name))
      .filter((path) => statSync(path).isFile());
    const holders = files.filter((path) => secrets.some((secret) => readFileSync(path).includes(secret)));
    assert.deepEqual(holders, [join(workspace.folder, 'owner-token')]);
    assert.equal(statSync(join(workspace.folder, 'owner-token')).mode & 0o777, 0o600);
  });

  const ana = (): string => workspace.user('ana@example.com', 'weather');
  const create = async (body: object) =>
    (
      await workspace.call<{ token_value: string; token_info: Record<string, string | number> }>(
        'POST',
        '/api/2.0/token/create',
        body,
        ana(),
      )
    ).body;
  const list = async (token: string) =>
    (
      await workspace.call<{ token_infos: { token_id: string }[] }>(
        'GET',
        '/api/2.0/token/list',
        undefined,
        token,
      )
    ).body.token_infos;

  it('makes tokens that work, lists them without their text, and revokes them', async () => {
    const { token_value: token, token_info: info } = await create({ comment: 'ci', lifetime_seconds: '60' });
    assert.equal(Number(info.expiry_time) - Number(info.creation_time), 60_000);
    assert.match(String(info.token_id), /^[0-9a-f]{64}$/);
    assert.deepEqual((await list(token)).at(-1), info);
    assert.equal((await create({})).token_info.expiry_time, -1);
    const revoke = () => workspace.call('POST', '/api/2.0/token/delete', { token_id: info.token_id }, ana());
    assert.deepEqual(await revoke(), { status: 200, body: {} });
    assert.equal((await workspace.call('GET', '/api/2.0/token/list', undefined, token)).status, 401);
    assert.deepEqual(await revoke(), {
      status: 404,
      body: {
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `Token with ID ${info.token_id} does not exist.`,
      },
    });
  });

  it('shows nobody the tokens of others, and lets nobody revoke them', async () => {
    const { token_info: info } = await create({ comment: 'mine' });
    const eva = workspace.user('eva@example.com');
    for (const token of [eva, workspace.token]) {
      assert.ok((await list(token)).every(({ token_id }) => token_id !== info.token_id));
      const id = { token_id: info.token_id };
      assert.equal((await workspace.call('POST', '/api/2.0/token/delete', id, token)).status, 404);
    }
  });
});
