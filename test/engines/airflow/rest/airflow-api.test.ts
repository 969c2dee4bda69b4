import assert from 'node:assert/strict';
import { ConfigError, ConnectionError, HermesError, RemoteError } from '../../../../src/core/errors.ts';
import { type AirflowApi, openAirflow } from '../../../../src/engines/airflow/rest/airflow-api.ts';
import type { SignIn } from '../../../../src/engines/airflow/rest/airflow-token.ts';
import { swiftClock } from '../../../fakes/swift-clock.ts';
import { type AnsweringServer, answeringServer, type Heard, type Reply } from './a-server.ts';

const { signal } = new AbortController();
const read = { method: 'GET', path: ['dags', 'a/b ü'], action: 'read DAG a/b ü' } as const;
const trigger = {
  method: 'POST',
  path: ['dags', 'x', 'dagRuns'],
  body: {},
  action: 'trigger DAG x',
} as const;

describe('the client of the REST API of Airflow', () => {
  let server: AnsweringServer | undefined;
  afterEach(() => server?.close());

  async function open(
    answer: (request: Heard) => Reply | undefined,
    signIn: SignIn = 'everybody',
  ): Promise<AirflowApi> {
    server = await answeringServer(answer);
    return openAirflow({ url: `${server.url}/`, signIn }, swiftClock());
  }

  async function failure(work: Promise<unknown>): Promise<HermesError> {
    const error: unknown = await work.then(
      () => assert.fail('it succeeded'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof HermesError);
    return error;
  }

  const calls = (): string[] => (server?.heard ?? []).map(({ method, url }) => `${method} ${url}`);

  it('signs in once, and encodes what stands in a path', async () => {
    const api = await open(({ url }) => (url.startsWith('/api') ? { body: { fine: true } } : undefined));
    assert.deepEqual(await api.send(read, signal), { fine: true });
    await api.send({ ...read, query: { limit: 5 } }, signal);
    assert.deepEqual(calls(), [
      'GET /auth/token',
      'GET /api/v2/dags/a%2Fb%20%C3%BC',
      'GET /api/v2/dags/a%2Fb%20%C3%BC?limit=5',
    ]);
    assert.equal(server?.heard[1]?.token, 'token-1');
  });

  it('signs in by user and password, or with a token that is there already', async () => {
    const api = await open(({ url }) => (url.startsWith('/api') ? { body: {} } : undefined), {
      user: 'ana',
      password: 'tr0ub4dor',
    });
    await api.send(read, signal);
    assert.deepEqual(server?.heard[0], {
      method: 'POST',
      url: '/auth/token',
      token: undefined,
      body: { username: 'ana', password: 'tr0ub4dor' },
    });
    await openAirflow({ url: api.url, signIn: { token: 'mine' } }, swiftClock()).send(read, signal);
    assert.equal(server?.heard.at(-1)?.token, 'mine');
    assert.equal(calls().length, 3);
  });

  it('signs in again when its token has expired, once', async () => {
    const api = await open(({ url, token }) => {
      if (!url.startsWith('/api')) return undefined;
      return token === 'token-2' ? { body: [] } : { status: 401, body: { detail: 'Token Expired' } };
    });
    assert.deepEqual(await api.send(read, signal), []);
    assert.equal(calls().length, 4);
  });

  it('keeps numbers that are too long for a double', async () => {
    const api = await open(({ url }) =>
      url.startsWith('/api') ? { body: '{"value": 9007199254740993}' } : undefined,
    );
    assert.deepEqual(await api.send(read, signal), { value: 9007199254740993n });
  });

  it('asks again while Airflow starts, whatever the reading is', async () => {
    let asked = 0;
    const api = await open(({ url }) => {
      if (!url.startsWith('/api')) return undefined;
      asked += 1;
      return asked < 4 ? { status: 503, body: 'starting' } : { body: 'null' };
    });
    assert.equal(await api.send(read, signal), null);
    assert.equal(asked, 4);
  });

  it('sends a write that may have arrived only once', async () => {
    let asked = 0;
    const api = await open(({ url }) => {
      if (!url.startsWith('/api')) return undefined;
      asked += 1;
      return { status: 502, body: '<html>' };
    });
    const error = await failure(api.send(trigger, signal));
    assert.ok(error instanceof RemoteError);
    assert.equal(
      error.message,
      'Cannot trigger DAG x [endpoint=POST /api/v2/dags/x/dagRuns, status=502]: it is in trouble',
    );
    assert.equal(asked, 1);
  });

  it('sends a write again that the database of Airflow was too busy for', async () => {
    let asked = 0;
    const busy = { reason: 'Database error', statement: 'hidden', orig_error: 'hidden', message: 'ID abc' };
    const api = await open(({ url }) => {
      if (!url.startsWith('/api')) return undefined;
      asked += 1;
      return asked < 4 ? { status: 500, body: { detail: busy } } : { body: { fine: true } };
    });
    assert.deepEqual(await api.send(trigger, signal), { fine: true });
    assert.equal(asked, 4);
  });

  it('says what the database of Airflow said, when it goes on', async () => {
    const hidden = { statement: 'hidden', orig_error: 'hidden', message: 'look for ID abc' };
    const shown = { statement: 'INSERT', orig_error: 'database is locked', message: 'a stack trace' };
    const place = '[endpoint=POST /api/v2/dags/x/dagRuns, status=500, tries=6]';
    for (const [more, said] of [
      [hidden, 'look for ID abc'],
      [shown, 'database is locked'],
    ] as const) {
      const detail = { reason: 'Database error', ...more };
      const api = await open(({ url }) =>
        url.startsWith('/api') ? { status: 500, body: { detail } } : undefined,
      );
      const error = await failure(api.send(trigger, signal));
      assert.equal(error.message, `Cannot trigger DAG x ${place}: Database error: ${said}`);
      assert.equal(calls().filter((call) => call.startsWith('POST /api')).length, 6);
      await server?.close();
    }
  });

  it('says what is refused in words, with what Airflow said', async () => {
    const replies: Record<string, Reply> = {
      '401': { status: 401, body: { detail: 'Invalid JWT' } },
      '403': { status: 403, body: { detail: 'Forbidden' } },
      '404': { status: 404, body: { detail: 'The Dag with ID: `x` was not found' } },
      '409': { status: 409, body: { detail: { reason: 'Unique constraint violation' } } },
      '422': {
        status: 422,
        body: {
          detail: [{ loc: ['body', 'logical_date'], msg: 'Field required', input: { secret: 's3cr3t' } }],
        },
      },
      '500': { status: 500, body: 'Internal Server Error' },
    };
    let kind = '';
    const api = await open(({ url }) => (url.startsWith('/api') ? replies[kind] : undefined), {
      token: 'mine',
    });
    const place = (status: number) => `[endpoint=POST /api/v2/dags/x/dagRuns, status=${status}]`;
    const expected: Record<string, readonly [unknown, string, string]> = {
      '401': [
        ConnectionError,
        'HERMES_AIRFLOW_UNAUTHORIZED',
        `Cannot trigger DAG x ${place(401)}: Invalid JWT`,
      ],
      '403': [ConnectionError, 'HERMES_AIRFLOW_FORBIDDEN', `Cannot trigger DAG x ${place(403)}: Forbidden`],
      '404': [
        ConfigError,
        'HERMES_AIRFLOW_NOT_FOUND',
        `Cannot trigger DAG x ${place(404)}: The Dag with ID: \`x\` was not found`,
      ],
      '409': [
        ConfigError,
        'HERMES_AIRFLOW_CONFLICT',
        `Cannot trigger DAG x ${place(409)}: Unique constraint violation`,
      ],
      '422': [
        ConfigError,
        'HERMES_AIRFLOW_REFUSED',
        `Cannot trigger DAG x ${place(422)}: logical_date: Field required`,
      ],
      '500': [RemoteError, 'HERMES_AIRFLOW_TROUBLE', `Cannot trigger DAG x ${place(500)}: it is in trouble`],
    };
    for (const [status, [family, code, message]] of Object.entries(expected)) {
      kind = status;
      const error = await failure(api.send(trigger, signal));
      assert.equal(error.message, message);
      assert.equal(error.code, code);
      assert.equal(error.constructor, family);
    }
  });

  it('says of a port that it is never asked for HTTP', async () => {
    const api = openAirflow({ url: 'http://127.0.0.1:1', signIn: 'everybody' }, swiftClock());
    const error = await failure(api.send(trigger, signal));
    assert.equal(
      error.message,
      'Cannot trigger DAG x [url=http://127.0.0.1:1, endpoint=POST /api/v2/dags/x/dagRuns]: Airflow does not answer (no client asks for HTTP on this port).',
    );
  });

  it('says where nothing answers', async () => {
    const api = await open(() => undefined);
    await server?.close();
    const error = await failure(api.send(trigger, signal));
    assert.ok(error instanceof ConnectionError);
    assert.equal(
      error.message,
      `Cannot trigger DAG x [url=${api.url}, endpoint=POST /api/v2/dags/x/dagRuns]: Airflow does not answer (ECONNREFUSED).`,
    );
    assert.equal(
      error.nextStep,
      'Is it up, and is the address right? One of this machine is started by: hermes airflow up',
    );
  });

  it('follows no redirect with its token, and takes no address with a password', async () => {
    const api = await open(({ url }) => (url.startsWith('/api') ? { status: 302, body: '' } : undefined));
    await failure(api.send(trigger, signal));
    assert.throws(() => openAirflow({ url: 'http://a:b@host', signIn: 'everybody' }, swiftClock()), {
      message:
        'Cannot use the address of Airflow: it must be http://host or https://host, without user and password.',
    });
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const api = await open(({ url }) => {
      if (!url.startsWith('/api')) return undefined;
      stop.abort(new Error('enough'));
      return { status: 503, body: '' };
    });
    await assert.rejects(api.send(read, stop.signal), { message: 'enough' });
  });
});
