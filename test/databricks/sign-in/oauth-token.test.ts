import { strict as assert } from 'node:assert';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../src/core/clock.ts';
import type { HermesError } from '../../../src/core/errors.ts';
import { createDatabricks, type Databricks } from '../../../src/databricks/client.ts';
import { oauthTokenSource } from '../../../src/databricks/sign-in/oauth-token.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

const ME = '/api/2.0/preview/scim/v2/Me';

describe('signing in by OAuth machine-to-machine', () => {
  let server: Server;
  let host = '';
  let clock: Clock;
  let client: Databricks;
  let seen: string[] = [];
  let issued = 0;
  /** Answers instead of the server, in turn; undefined lets the request pass. */
  let token: ((response: ServerResponse) => void)[] = [];
  let me: (bearer: string) => number = () => 200;
  let discovery: unknown;

  before((done) => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => serve(request, Buffer.concat(chunks).toString(), response));
    });
    server.listen(0, '127.0.0.1', () => {
      host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  beforeEach(() => {
    [seen, issued, token, me] = [[], 0, [], () => 200];
    discovery = { token_endpoint: `${host}/oidc/v1/token` };
    clock = swiftClock();
    const credentials = { host, clientId: 'robot', clientSecret: 'a:b c', source: 'CLIENT_SECRET' };
    const source = oauthTokenSource(credentials, { clock });
    client = createDatabricks({ host, token: source }, { clock, budget: { seconds: 5, serverErrors: 0 } });
  });

  function serve(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { url = '', headers } = request;
    seen.push(`${request.method} ${url} ${body}`.trim());
    if (url.endsWith('/oauth-authorization-server')) return void response.end(JSON.stringify(discovery));
    if (url === ME) {
      const status = me(String(headers.authorization).replace('Bearer ', ''));
      return void response.writeHead(status).end('{"userName":"robot"}');
    }
    assert.equal(headers.authorization, `Basic ${btoa('robot:a:b c')}`);
    const instead = token.shift();
    if (instead !== undefined) return void instead(response);
    issued += 1;
    response.end(JSON.stringify({ access_token: `t${issued}`, token_type: 'Bearer', expires_in: 3600 }));
  }
  const fail =
    (status: number, body = '', headers = {}) =>
    (response: ServerResponse) =>
      void response.writeHead(status, headers).end(body);
  const failing = (work: Promise<unknown>): Promise<HermesError> =>
    work.then(
      () => assert.fail('it did not fail'),
      (error) => error,
    );

  it('fetches one token for all who ask at a time, and keeps it until shortly before its end', async () => {
    await Promise.all([client.identity.me(), client.identity.me(), client.identity.me()]);
    assert.equal(issued, 1);
    await clock.sleep(3_559_000);
    await client.identity.me();
    assert.equal(issued, 1);
    await clock.sleep(1_500);
    await Promise.all([client.identity.me(), client.identity.me()]);
    assert.equal(issued, 2);
    assert.deepEqual(seen.slice(0, 2), [
      'GET /oidc/.well-known/oauth-authorization-server',
      'POST /oidc/v1/token grant_type=client_credentials&scope=all-apis',
    ]);
  });

  it('tries again where the workspace is busy or down for a moment', async () => {
    token = [fail(429, '', { 'retry-after': '3' }), fail(503), fail(500), (response) => response.destroy()];
    assert.equal((await client.identity.me()).userName, 'robot');
    assert.equal(issued, 1);
  });

  it('gives up after a minute, and asks anew the next time', async () => {
    token = Array.from({ length: 30 }, () => fail(503));
    const before = clock.now().getTime();
    const error = await failing(client.identity.me());
    assert.equal(
      error.message,
      `Cannot sign in [endpoint=POST /oidc/v1/token, host=${host}, status=503]: the workspace gave no reason`,
    );
    assert.equal(error.exitCode, 4);
    assert.ok(clock.now().getTime() - before <= 60_000);
    token = [];
    await client.identity.me();
  });

  it('replaces a token that is refused before its time, once', async () => {
    await client.identity.me();
    await clock.sleep(120_000);
    me = (bearer) => (bearer === 't1' ? 401 : 200);
    await client.identity.me();
    assert.equal(issued, 2);
    me = () => 401;
    const error = await failing(client.identity.me());
    assert.equal(error.code, 'HERMES_DATABRICKS_UNAUTHENTICATED');
    assert.equal(issued, 2);
    await clock.sleep(120_000);
    await failing(client.identity.me());
    assert.equal(issued, 3);
  });

  it('sends the secret to no address that is not safe', async () => {
    const cases = [{ token_endpoint: 'http://example.com/token' }, { token_endpoint: 'x' }, {}, []];
    for (const answer of cases) {
      discovery = answer;
      const error = await failing(client.identity.me());
      assert.equal(
        error.message,
        `Cannot find out how to sign in [endpoint=GET /oidc/.well-known/oauth-authorization-server, host=${host}]: the workspace names no safe address for tokens`,
      );
    }
    assert.equal(issued, 0);
  });

  it('stops waiting when it is told to, and lets the others go on', async () => {
    token = [fail(503), fail(503)];
    const stop = new AbortController();
    const stopped = failing(client.identity.me(stop.signal));
    const other = client.identity.me();
    stop.abort(new Error('interrupted'));
    assert.equal((await stopped).message, 'interrupted');
    assert.equal((await other).userName, 'robot');
  });
});
