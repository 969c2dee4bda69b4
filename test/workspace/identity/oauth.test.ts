import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../src/core/clock.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { createDatabricks } from '../../../src/databricks/client.ts';
import { openConnection } from '../../../src/databricks/sign-in/open-connection.ts';
import { addClient, listAccounts } from '../../../src/workspace/identity/accounts.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

describe('a service principal of the embedded workspace', () => {
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await openWorkspace();
  });
  after(closeWorkspaces);

  const add = (name: string, ...groups: string[]) => addClient(workspace.folder, name, groups, new Date());
  const client = (id: string, secret: string, clock: Clock = systemClock) =>
    createDatabricks(
      openConnection(
        {
          variables: {
            DATABRICKS_HOST: workspace.url,
            DATABRICKS_CLIENT_ID: id,
            DATABRICKS_CLIENT_SECRET: secret,
          },
          homeFolder: temporaryFolder(),
          purpose: 'a test',
        },
        { clock },
      ),
      { clock, budget: { seconds: 1, serverErrors: 0 } },
    );

  async function token(form: Record<string, string>, basic?: string): Promise<[number, unknown]> {
    const headers = basic === undefined ? {} : { authorization: `Basic ${btoa(basic)}` };
    const body = new URLSearchParams(form);
    const response = await fetch(`${workspace.url}/oidc/v1/token`, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  }

  it('signs in by client id and secret, and is known by its groups', async () => {
    const { applicationId, secret } = add('airflow', 'weather');
    const me = await client(applicationId, secret).identity.me();
    assert.deepEqual([me.userName, me.displayName, me.groups], [applicationId, 'airflow', ['weather']]);
    assert.match(me.workspaceId ?? '', /^\d{15}$/);
    assert.ok(
      listAccounts(workspace.folder).some(
        ({ userName, servicePrincipal }) => userName === applicationId && servicePrincipal === 'airflow',
      ),
    );
  });

  it('is told in words when its secret is wrong', async () => {
    const { applicationId } = add('wrong');
    const error = await client(applicationId, 'geheim')
      .identity.me()
      .catch((reason) => reason);
    assert.equal(error.code, 'HERMES_DATABRICKS_UNAUTHENTICATED');
    assert.equal(
      error.message.replace(/request=[0-9a-f-]{36}/, 'request=…'),
      `Cannot sign in [endpoint=POST /oidc/v1/token, host=${workspace.url}, status=401, code=invalid_client, request=…]: Client authentication failed`,
    );
    assert.equal(
      error.nextStep,
      'The workspace does not accept the service principal. Check its client id and secret (DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET), or make another secret.',
    );
  });

  it('has at most five secrets, each of its own, and no secret is stored', () => {
    const made = Array.from({ length: 5 }, () => add('many'));
    assert.equal(new Set(made.map(({ applicationId }) => applicationId)).size, 1);
    assert.equal(new Set(made.map(({ secret }) => secret)).size, 5);
    assert.throws(() => add('many'), {
      message: 'Cannot add a secret to service principal many: it has 5 already.',
    });
    const stored = ['workspace.db', 'workspace.db-wal']
      .map((name) => readFileSync(join(workspace.folder, name), 'latin1'))
      .join();
    assert.ok(made.every(({ secret }) => !stored.includes(secret)));
  });

  it('may not use the secret of another, nor a secret as a token, nor a token as a secret', async () => {
    const [one, other] = [add('one'), add('other')];
    const grant = { grant_type: 'client_credentials' };
    const refused = [401, { error: 'invalid_client', error_description: 'Client authentication failed' }];
    assert.deepEqual(await token(grant, `${one.applicationId}:${other.secret}`), refused);
    assert.deepEqual(await token(grant, `you@localhost:${workspace.token}`), refused);
    assert.deepEqual(await token(grant), refused);
    const me = '/api/2.0/preview/scim/v2/Me';
    assert.equal((await workspace.call('GET', me, undefined, one.secret)).status, 401);
  });

  it('is answered as OAuth has it, also with its credentials in the form', async () => {
    const { applicationId, secret } = add('form');
    const own = { client_id: applicationId, client_secret: secret };
    const [status, body] = await token({ ...own, grant_type: 'client_credentials', scope: 'all-apis' });
    const { access_token: _, ...rest } = body as Record<string, unknown>;
    assert.deepEqual([status, rest], [200, { token_type: 'Bearer', expires_in: 3600, scope: 'all-apis' }]);
    const cases = [
      [{}, 'invalid_request', 'grant_type is missing'],
      [
        { grant_type: 'authorization_code' },
        'unsupported_grant_type',
        'only client_credentials is supported',
      ],
      [{ grant_type: 'client_credentials', scope: 'sql' }, 'invalid_scope', 'only all-apis is supported'],
    ] as const;
    for (const [form, error, error_description] of cases)
      assert.deepEqual(await token({ ...own, ...form }), [400, { error, error_description }]);
  });

  it('gets another token before the first one ends', async () => {
    const clock = swiftClock(new Date().toISOString());
    const timed = await openWorkspace({ clock });
    const { applicationId, secret } = addClient(timed.folder, 'timed', [], clock.now());
    const variables = {
      DATABRICKS_HOST: timed.url,
      DATABRICKS_CLIENT_ID: applicationId,
      DATABRICKS_CLIENT_SECRET: secret,
    };
    const question = { variables, homeFolder: temporaryFolder(), purpose: 'a test' };
    const { identity } = createDatabricks(openConnection(question, { clock }), { clock });
    await identity.me();
    await clock.sleep(3_599_000);
    assert.equal((await identity.me()).userName, applicationId);
    await clock.sleep(3_600_000);
    assert.equal((await identity.me()).userName, applicationId);
  });
});
