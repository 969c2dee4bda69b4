import { strict as assert } from 'node:assert';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import type { HermesError } from '../../../src/core/errors.ts';
import { createDatabricks, type Databricks } from '../../../src/databricks/client.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

// In no shape that a filter would know by itself.
const TOKEN = 'correct-horse-battery-staple';

type Step = (request: IncomingMessage, response: ServerResponse) => void;

describe('calls of the Databricks API', () => {
  let server: Server;
  let host = '';
  let steps: Step[] = [];
  let seen: string[] = [];
  const clock = swiftClock();
  let client: Databricks;

  before((done) => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`.trim());
        (steps.shift() ?? answer(500, '{}'))(request, response);
      });
    });
    server.listen(0, '127.0.0.1', () => {
      host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      client = createDatabricks({ host, token: TOKEN }, { clock });
      done();
    });
  });
  after((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  beforeEach(() => {
    steps = [];
    seen = [];
  });

  const failing = async (work: Promise<unknown>): Promise<HermesError> => {
    try {
      await work;
    } catch (error) {
      return error as HermesError;
    }
    throw new Error('it did not fail');
  };

  it('keeps ids that a double cannot hold', async () => {
    steps = [
      answer(200, '{"run_id": 9223372036854775807}'),
      answer(
        200,
        '{"run_id": 9223372036854775807, "job_id": 9007199254740993, "tasks": [{"run_id": 9007199254740995}]}',
      ),
      answer(200, '{}'),
    ];
    const runId = await client.jobs.submitRun({ run_name: 'x', idempotency_token: 't' });
    assert.equal(runId, '9223372036854775807');
    const run = await client.jobs.getRun(runId);
    assert.deepEqual(
      [run.runId, run.jobId, run.tasks[0]?.runId],
      [runId, '9007199254740993', '9007199254740995'],
    );
    await client.jobs.cancelRun(runId);
    assert.equal(seen[2], 'POST /api/2.2/jobs/runs/cancel {"run_id":9223372036854775807}');
  });

  it('reads all pages of a run with many tasks', async () => {
    steps = [
      answer(200, '{"run_id": 1, "tasks": [{"run_id": 2, "task_key": "a"}], "next_page_token": "p2"}'),
      answer(200, '{"run_id": 1, "tasks": [{"run_id": 3, "task_key": "b"}]}'),
    ];
    const run = await client.jobs.getRun('1');
    assert.deepEqual(
      run.tasks.map(({ taskKey }) => taskKey),
      ['a', 'b'],
    );
    assert.equal(seen[1], 'GET /api/2.2/jobs/runs/get?run_id=1&page_token=p2');
  });

  it('takes the latest attempt of a task that was tried again', async () => {
    const tasks =
      '[{"run_id": 5, "task_key": "a", "attempt_number": 1}, {"run_id": 4, "task_key": "a", "attempt_number": 0}]';
    steps = [answer(200, `{"run_id": 1, "tasks": ${tasks}}`)];
    assert.deepEqual(
      (await client.jobs.getRun('1')).tasks.map(({ runId }) => runId),
      ['5'],
    );
  });

  it('waits as long as Retry-After says when there are too many calls', async () => {
    steps = [
      answer(429, '{"error_code":"REQUEST_LIMIT_EXCEEDED"}', { 'retry-after': '7' }),
      answer(200, '{"run_id": 1}'),
    ];
    const before = clock.now().getTime();
    await client.jobs.getRun('1');
    const waited = clock.now().getTime() - before;
    assert.ok(waited >= 7000 && waited <= 8000, String(waited));
  });

  it('submits again after a lost connection only when a token keeps it from starting twice', async () => {
    steps = [hangUp, answer(200, '{"run_id": 1}')];
    assert.equal(await client.jobs.submitRun({ idempotency_token: 't' }), '1');
    assert.equal(seen.length, 2);
    steps = [hangUp];
    seen = [];
    const error = await failing(client.jobs.submitRun({}));
    assert.equal(error.code, 'HERMES_DATABRICKS_UNREACHABLE');
    assert.equal(seen.length, 1);
  });

  it('sends at most 30 submits a second, those that are tried again included', async () => {
    const count = 60;
    steps = Array.from({ length: count }, (_, index) => answer(index % 4 === 0 ? 429 : 200, '{"run_id": 1}'));
    steps.push(...Array.from({ length: count }, () => answer(200, '{"run_id": 1}')));
    const slow = swiftClock();
    const limited = createDatabricks({ host, token: TOKEN }, { clock: slow });
    const before = slow.now().getTime();
    const bodies = Array.from({ length: count }, (_, index) => ({ idempotency_token: String(index) }));
    await Promise.all(bodies.map((body) => limited.jobs.submitRun(body)));
    assert.ok(seen.length > count);
    assert.ok(slow.now().getTime() - before >= (seen.length / 30 - 1) * 1000);
  });

  it('waits long for a workspace that has answered once, and not for an address where nothing ever did', async () => {
    const said: string[] = [];
    const onSilence = (message: string) => said.push(message);
    const known = createDatabricks({ host, token: TOKEN }, { clock, onSilence });
    steps = [
      answer(200, '{"run_id": 1}'),
      ...Array.from({ length: 9 }, () => hangUp),
      answer(200, '{"run_id": 1}'),
    ];
    await known.jobs.getRun('1');
    await known.jobs.getRun('1');
    assert.equal(said.length, 1);
    const hostSource = 'host of profile dev';
    const nobody = createDatabricks({ host: 'http://127.0.0.1:1', hostSource, token: TOKEN }, { clock });
    const before = clock.now().getTime();
    const error = await failing(nobody.jobs.getRun('1'));
    assert.ok(clock.now().getTime() - before <= 3000);
    assert.equal(
      error.message,
      'Cannot read run 1 [endpoint=GET /api/2.2/jobs/runs/get, host=http://127.0.0.1:1, reason=ECONNREFUSED]: no answer from the workspace',
    );
    assert.equal(error.nextStep, 'Nothing listens there. Check host of profile dev.');
  });

  it('tells another language from silence', async () => {
    steps = [(request) => request.socket.end('HTTP/1.1 200 OK\r\nbad header\r\n\r\n')];
    const error = await failing(client.jobs.getRun('1'));
    assert.equal(error.code, 'HERMES_DATABRICKS_NO_API');
    assert.match(error.message, /reason=HPE_\w+\]: what answers is not the API of a workspace$/);
    assert.equal(seen.length, 1);
  });

  it('gives up on a server that only fails, after a few tries', async () => {
    steps = [500, 500, 500, 500].map((status) =>
      answer(status, '{"error_code":"INTERNAL_ERROR","message":"boom"}'),
    );
    const error = await failing(client.jobs.getRun('1'));
    assert.equal(
      error.message,
      `Cannot read run 1 [endpoint=GET /api/2.2/jobs/runs/get, host=${host}, status=500, code=INTERNAL_ERROR]: boom`,
    );
    assert.equal(error.exitCode, 4);
    assert.equal(seen.length, 4);
  });

  it('gives up when the budget of time is spent', async () => {
    steps = Array.from({ length: 200 }, () => answer(503, ''));
    const error = await failing(client.jobs.getRun('1'));
    assert.equal(
      error.message,
      `Cannot read run 1 [endpoint=GET /api/2.2/jobs/runs/get, host=${host}, status=503]: the workspace gave no reason`,
    );
    assert.ok(seen.length > 20 && seen.length < 100, String(seen.length));
  });

  it('names refused credentials, refused rights and missing things for what they are', async () => {
    const cases = [
      [401, '<html><pre>Credential was not sent</pre></html>', 'HERMES_DATABRICKS_UNAUTHENTICATED', 3],
      [403, '{"error_code":"PERMISSION_DENIED","message":"no"}', 'HERMES_DATABRICKS_FORBIDDEN', 3],
      [
        400,
        '{"error_code":"INVALID_PARAMETER_VALUE","message":"Run 1 does not exist."}',
        'HERMES_DATABRICKS_NOT_FOUND',
        2,
      ],
      [
        400,
        '{"error_code":"INVALID_PARAMETER_VALUE","message":"Cluster validation error: Validation failed for x"}',
        'HERMES_POLICY_REFUSED',
        2,
      ],
      [400, 'INVALID_STATE: There were already 1000 jobs created', 'HERMES_DATABRICKS_REFUSED', 4],
    ] as const;
    for (const [status, body, code, exitCode] of cases) {
      steps = [answer(status, body)];
      const error = await failing(client.jobs.getRun('1'));
      assert.deepEqual([error.code, error.exitCode], [code, exitCode]);
    }
  });

  it('says so when a sign-in page answers in place of the workspace', async () => {
    for (const step of [answer(200, '<html>Sign in</html>'), answer(302, '', { location: '/login' })]) {
      steps = [step];
      const error = await failing(client.jobs.getRun('1'));
      assert.equal(error.code, 'HERMES_DATABRICKS_NO_API');
      assert.match(
        error.message,
        /^Cannot read run 1 \[endpoint=.*\]: what answers is not the API of a workspace$/,
      );
      assert.equal(
        error.nextStep,
        'Check that the host is that of a workspace, and that no proxy or sign-in page answers in its place.',
      );
    }
    assert.equal(seen.length, 2);
  });

  it('sends the id of the workspace where a host serves several', async () => {
    let header: unknown;
    steps = [
      (request, response) => {
        header = request.headers['x-databricks-workspace-id'];
        response.end('{}');
      },
    ];
    const several = createDatabricks({ host, token: TOKEN, workspaceId: '12' }, { clock });
    await several.identity.me();
    assert.equal(header, '12');
  });

  it('shows the token nowhere: not in errors, causes, dumps or the client', async () => {
    const failures: readonly Step[][] = [
      [answer(401, `{"message":"token ${TOKEN} is not valid"}`)],
      [answer(400, `{"error":"Bearer ${TOKEN}"}`)],
      Array.from({ length: 200 }, () => hangUp),
    ];
    for (const failure of failures) {
      steps = failure;
      const error = await failing(client.jobs.getRun('1'));
      const dump = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + error.stack;
      assert.ok(!dump.includes(TOKEN), dump);
    }
    assert.ok(!inspect(client, { depth: 20, showHidden: true }).includes(TOKEN));
  });

  it('ends at once when it is told to stop', async () => {
    steps = Array.from({ length: 200 }, () => answer(503, ''));
    const stop = new AbortController();
    stop.abort(new Error('interrupted'));
    await assert.rejects(client.jobs.getRun('1', stop.signal), { message: 'interrupted' });
  });
});

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Step {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

const hangUp: Step = (request) => request.socket.destroy();
