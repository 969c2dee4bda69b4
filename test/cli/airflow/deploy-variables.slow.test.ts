import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { devVariable } from '../../config/dev-variable.ts';
import { type DeployingTeam, deployingTeam } from './a-deploying-team.ts';

const TEAM_VARIABLE = devVariable('A1');

describe('hermes airflow deploy with the API of an Airflow', function () {
  this.timeout(60_000);
  let { folder, place, hermes, write, configure } = {} as DeployingTeam;
  let server: Server;
  let calls: { readonly method: string; readonly body: string; readonly token: string | undefined }[] = [];
  let standing: { key: string; value: string }[] = [];
  let liveAtImport: boolean | undefined;

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        calls.push({
          method: `${request.method} ${request.url}`,
          body,
          token: request.headers.authorization,
        });
        if (request.method === 'PATCH') liveAtImport = existsSync(join(place, 'dags'));
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify(
            request.method === 'PATCH'
              ? { create: { success: [], errors: [] } }
              : { variables: standing, total_entries: standing.length },
          ),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => server.close());
  beforeEach(() => {
    ({ folder, place, hermes, write, configure } = deployingTeam());
    calls = [];
    const { port } = server.address() as AddressInfo;
    configure(`http://127.0.0.1:${port}`);
    mkdirSync(join(folder, 'variables'));
    write('variables/dev.json', '{ "limit": 3, "greeting": "secret-of-ours", "regions": ["eu"] }');
    standing = [
      { key: 'limit', value: '3' },
      { key: 'regions', value: '["us"]' },
      { key: 'theirs', value: 'x' },
    ];
  });

  it('sets the variables that differ before the DAGs, deletes none, and prints no value', async () => {
    const { code, stdout, stderr } = await hermes('airflow deploy', { AIRFLOW_API_TOKEN: 'the-token' });
    assert.equal(code, 0, stderr);
    assert.match(stdout, / → .*\n {2}\+ variable greeting\n {2}~ variable regions\n {2}\+ one\n/);
    assert.doesNotMatch(stdout + stderr, /secret-of-ours|the-token/);
    const [, patch] = calls;
    assert.deepEqual(
      [calls.length, patch?.method, patch?.token],
      [2, 'PATCH /api/v2/variables', 'Bearer the-token'],
    );
    assert.deepEqual(JSON.parse(patch?.body ?? '').actions, [
      {
        action: 'create',
        entities: [
          { key: 'greeting', value: 'secret-of-ours' },
          { key: 'regions', value: '["eu"]' },
        ],
        action_on_existence: 'overwrite',
      },
    ]);
    assert.equal(liveAtImport, false);
  });

  it('sets nothing for a plan, for a deploy that is refused, and where nothing differs', async () => {
    const token = { AIRFLOW_API_TOKEN: 'the-token' };
    await hermes('airflow deploy --plan', token);
    assert.deepEqual(
      calls.map(({ method }) => method),
      ['GET /api/v2/variables?limit=100&offset=0'],
    );
    standing = [...standing, { key: 'greeting', value: 'secret-of-ours' }].map((each) =>
      each.key === 'regions' ? { ...each, value: '[ "eu" ]' } : each,
    );
    await hermes('airflow deploy', token);
    assert.ok(calls.every(({ method }) => method.startsWith('GET')));
    standing = [];
    rmSync(join(folder, 'dags', 'one.dag.yaml'));
    const { code, stderr } = await hermes('airflow deploy', token);
    assert.match(
      stderr,
      /^Cannot deploy: the build has no DAG, so the only one of the team would disappear\./,
    );
    assert.equal(code, 2);
    assert.ok(calls.every(({ method }) => method.startsWith('GET')));
  });

  it('sets no variable of another team', async () => {
    write(
      'variables/dev.json',
      `{ "hermes_weather": ${JSON.stringify(TEAM_VARIABLE)}, "hermes_energy": {} }`,
    );
    const { code, stderr } = await hermes('airflow deploy', { AIRFLOW_API_TOKEN: 'the-token' });
    assert.deepEqual([code, existsSync(place)], [2, false]);
    assert.match(
      stderr,
      /^Cannot set hermes_energy in dev: it is the variable of another team than weather\.\n/,
    );
    assert.ok(calls.every(({ method }) => method.startsWith('GET')));
  });

  it('says that variables are to be imported by hand where no API is named', async () => {
    configure();
    const { code, stderr } = await hermes('airflow deploy');
    assert.equal(code, 0);
    assert.equal(
      stderr,
      'variables/dev.json is to be imported by hand: hermes.yaml names no airflow.dev.api.\n',
    );
  });

  it('asks for credentials when the API is on another machine', async () => {
    configure('https://airflow.example');
    const { code, stderr } = await hermes('airflow deploy', { AIRFLOW_API_TOKEN: '' });
    assert.equal(code, 3);
    assert.equal(
      stderr,
      'Cannot sign in to Airflow [api=https://airflow.example]: no credentials are set.\nSet AIRFLOW_API_TOKEN, or AIRFLOW_API_USER and AIRFLOW_API_PASSWORD.\n',
    );
    assert.deepEqual(existsSync(place) ? readdirSync(place) : [], []);
  });
});
