import { strict as assert } from 'node:assert';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { createDatabricks } from '../../../src/databricks/client.ts';
import type { Connection } from '../../../src/databricks/sign-in/connection.ts';
import { openConnection } from '../../../src/databricks/sign-in/open-connection.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

/** How a server might repeat what it was sent. */
const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `Bearer ${secret}!`,
  encodeURIComponent,
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  (secret) => JSON.stringify(secret),
  (secret) => secret.replaceAll('/', '\\/').replaceAll("'", '\\u0027').replaceAll('<', '\\u003C'),
  (secret) => secret.replaceAll("'", '&#39;').replaceAll('"', '&#x22;').replaceAll('+', '%2b'),
  (secret) => `https://robot:${encodeURIComponent(secret)}@dbc-1.example/?t=${encodeURIComponent(secret)}`,
];
/** Where it might put it. */
const BODIES: readonly ((text: string) => string)[] = [
  (text) => JSON.stringify({ error_code: text, message: `refused: ${text}` }),
  (text) => JSON.stringify({ error: 'invalid_client', error_description: text }),
  (text) => JSON.stringify({ error: text }),
  (text) => JSON.stringify({ detail: text, scimType: text }),
  (text) =>
    JSON.stringify({
      message: 'm',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RequestInfo', request_id: text }],
    }),
  (text) => `INVALID_STATE: ${text}`,
  (text) => `<html><pre>${'x'.repeat(480)}${text}</pre></html>`,
  (text) => `${text} is no JSON`,
];

interface Complaint {
  readonly status: number;
  readonly body: string;
  readonly header: string;
  /** The connection breaks instead. */
  readonly isCut: boolean;
}

describe('secrets that a server repeats', () => {
  let server: Server;
  let host = '';
  let complaint: Complaint;
  /** Where the complaint comes: at signing in, or at the call. */
  let place: 'discovery' | 'token' | 'api' = 'api';
  let accessToken = '';

  before((done) => {
    server = createServer((request, response) => {
      request.resume();
      request.on('end', () => serve(request.url ?? '', response));
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

  function serve(url: string, response: ServerResponse): void {
    const at = url.includes('.well-known') ? 'discovery' : url.startsWith('/oidc') ? 'token' : 'api';
    if (at === place) {
      if (complaint.isCut) return void response.destroy();
      const { header } = complaint;
      const headers = { 'x-request-id': header, location: `https://x/${header}` };
      return void response.writeHead(complaint.status, headers).end(complaint.body);
    }
    const answers = {
      discovery: { token_endpoint: `${host}/oidc/v1/token` },
      token: { access_token: accessToken, expires_in: 3600 },
      api: { userName: 'robot' },
    };
    response.end(JSON.stringify(answers[at]));
  }

  const secret = fc.stringMatching(/^[!-~]{10,40}$/);
  const words = fc.record({
    form: fc.constantFrom(...FORMS),
    body: fc.constantFrom(...BODIES),
    status: fc.constantFrom(200, 302, 400, 401, 403, 404, 409, 429, 500, 503),
    isCut: fc.boolean(),
  });

  async function fails(connection: Connection, shown: readonly string[]): Promise<void> {
    const clock = swiftClock();
    const client = createDatabricks(connection, { clock, budget: { seconds: 1, serverErrors: 0 } });
    const error = await client.identity.me().then(
      () => undefined,
      (reason: Error) => reason,
    );
    const seen = [
      inspect(error, { depth: 10, showHidden: true }),
      JSON.stringify(error),
      error?.message,
      error?.stack,
      String(error?.cause),
      inspect(client, { depth: 10, showHidden: true }),
    ].join('\n');
    for (const each of shown)
      for (const form of FORMS) assert.ok(!seen.includes(form(each)), `${form(each)} is in ${seen}`);
  }

  function complain(
    planted: string,
    { form, body, status, isCut }: typeof words extends fc.Arbitrary<infer T> ? T : never,
  ): void {
    const text = form(planted);
    complaint = { status, body: body(text), header: text, isCut };
  }

  it('stay out of every error of a call by token', async () => {
    place = 'api';
    await fc.assert(
      fc.asyncProperty(secret, words, async (token, how) => {
        complain(token, how);
        await fails({ host, token }, [token]);
      }),
      { numRuns: 120 },
    );
  });

  it('stay out of every error of signing in by client id and secret, and of the calls after it', async () => {
    const places = fc.constantFrom('discovery', 'token', 'api');
    await fc.assert(
      fc.asyncProperty(secret, secret, words, places, fc.boolean(), async (own, access, how, at, isOwn) => {
        [place, accessToken] = [at as typeof place, access];
        complain(isOwn || at !== 'api' ? own : access, how);
        const variables = {
          DATABRICKS_HOST: host,
          DATABRICKS_CLIENT_ID: 'robot',
          DATABRICKS_CLIENT_SECRET: own,
        };
        const question = { variables, homeFolder: '/nowhere', purpose: 'a test' };
        const connection = openConnection(question, { clock: swiftClock() });
        await fails(connection, [own, access, `robot:${own}`]);
        assert.ok(!inspect(connection, { depth: 10, showHidden: true }).includes(own));
      }),
      { numRuns: 120 },
    );
  });
});
