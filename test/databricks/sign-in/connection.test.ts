import { strict as assert } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { HermesError } from '../../../src/core/errors.ts';
import type { Connection } from '../../../src/databricks/sign-in/connection.ts';
import { openConnection } from '../../../src/databricks/sign-in/open-connection.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';
import { temporaryFolder } from '../../setup.ts';

const HOST = 'https://dbc-1.cloud.databricks.com';

interface Given {
  /** Variables, without the beginning `DATABRICKS_` where they have it. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Text of `~/.databrickscfg`. */
  readonly file?: string;
  readonly profile?: string;
}

function open({ variables = {}, file, profile }: Given): Connection {
  const homeFolder = temporaryFolder();
  if (file !== undefined) writeFileSync(join(homeFolder, '.databrickscfg'), file);
  const named = Object.entries(variables).map(([name, value]) =>
    /^(ARM|GOOGLE)_/.test(name) ? [name, value] : [`DATABRICKS_${name}`, value],
  );
  if (profile !== undefined) named.push(['DATABRICKS_CONFIG_PROFILE', profile]);
  const question = { variables: Object.fromEntries(named), homeFolder, purpose: 'environment prod' };
  return openConnection(question, { clock: swiftClock() });
}

function refusal(given: Given): HermesError {
  try {
    open(given);
  } catch (error) {
    return error as HermesError;
  }
  throw new Error('it did not fail');
}

/** The token of a connection that has one. */
async function tokenOf({ token }: Connection): Promise<string> {
  return typeof token === 'string' ? token : token.token();
}

const CANNOT = 'Cannot connect to Databricks for environment prod: ';

describe('the connection to a workspace', () => {
  it('takes a host as people paste it', async () => {
    for (const host of ['dbc-1.cloud.databricks.com', `${HOST}/`, `${HOST}/?x=1#job/2`]) {
      const connection = open({ variables: { HOST: host, TOKEN: 't' } });
      assert.equal(connection.host, HOST);
      assert.equal(await tokenOf(connection), 't');
    }
    const local = open({ variables: { HOST: 'http://127.0.0.1:7413', TOKEN: 't' } });
    assert.equal(local.host, 'http://127.0.0.1:7413');
  });

  it('keeps the workspace id of a pasted address, or the one that is given', () => {
    const variables = { HOST: `${HOST}/?o=12#job/2`, TOKEN: 't' };
    assert.equal(open({ variables }).workspaceId, '12');
    assert.equal(open({ variables: { ...variables, WORKSPACE_ID: '13' } }).workspaceId, '13');
    assert.equal(open({ variables: { HOST, TOKEN: 't' } }).workspaceId, undefined);
  });

  it('refuses to send a token in the open, and what is no address without repeating it', () => {
    assert.equal(
      refusal({ variables: { HOST: 'http://dbc-1.cloud.databricks.com', TOKEN: 't' } }).message,
      'Cannot connect to Databricks [host=dbc-1.cloud.databricks.com]: http would send the token in the open',
    );
    for (const host of ['https://user:geheim@', 'ftp://geheim', 'a b'])
      assert.equal(
        refusal({ variables: { HOST: host, TOKEN: 't' } }).message,
        'Cannot connect to Databricks: DATABRICKS_HOST is not the address of a workspace',
      );
  });

  it('tells who has set nothing of the address too', () => {
    assert.equal(
      refusal({}).nextStep,
      'Set DATABRICKS_HOST to the address of the workspace, and set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET of a service principal, or name a profile that has them: --profile NAME.',
    );
    assert.match(refusal({ variables: { HOST } }).nextStep ?? '', /^Set DATABRICKS_TOKEN, or /);
  });

  it('says what is missing', () => {
    const cases: readonly [Given, string][] = [
      [{}, 'no host and no credentials are set'],
      [{ variables: { HOST } }, 'DATABRICKS_HOST is set, credentials are not'],
      [{ variables: { TOKEN: 't' } }, 'DATABRICKS_HOST is not set'],
      [{ variables: { HOST, CLIENT_ID: 'i' } }, 'DATABRICKS_CLIENT_SECRET is not set'],
      [{ variables: { HOST, AUTH_TYPE: 'pat' } }, 'DATABRICKS_TOKEN is not set'],
      [
        { file: `[a]\nhost = ${HOST}`, profile: 'a' },
        'profile a of ~/.databrickscfg has neither a token nor a client id',
      ],
      [
        { file: `[a]\nhost = ${HOST}\nclient_id = i`, profile: 'a' },
        'DATABRICKS_CLIENT_SECRET is not set, and profile a has no client_secret',
      ],
    ];
    for (const [given, reason] of cases) {
      const error = refusal(given);
      assert.equal(error.message, CANNOT + reason);
      assert.equal(error.exitCode, 2);
    }
  });

  it('refuses to choose between several ways to sign in, unless it is told which', async () => {
    const variables = { HOST, TOKEN: 'geheim', CLIENT_ID: 'i', CLIENT_SECRET: 's' };
    const error = refusal({ variables });
    assert.equal(
      error.message,
      `${CANNOT}more than one way to sign in is configured: oauth and pat (DATABRICKS_TOKEN, DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET)`,
    );
    assert.equal(error.nextStep, 'Keep one of them, or choose by DATABRICKS_AUTH_TYPE: pat or oauth-m2m.');
    assert.equal(await tokenOf(open({ variables: { ...variables, AUTH_TYPE: 'pat' } })), 'geheim');
    assert.equal(
      refusal({ variables: { HOST, TOKEN: 't', ARM_CLIENT_ID: 'a' } }).message,
      `${CANNOT}more than one way to sign in is configured: azure and pat (DATABRICKS_TOKEN, ARM_CLIENT_ID)`,
    );
  });

  it('names what it takes where another way to sign in is configured', () => {
    const takes =
      'is not something that Hermes does; it takes a token (auth_type pat) or a client id with its secret (auth_type oauth-m2m)';
    assert.equal(
      refusal({ file: `[a]\nhost=${HOST}\nauth_type = databricks-cli`, profile: 'a' }).message,
      `${CANNOT}signing in by databricks-cli (auth_type of profile a) ${takes}`,
    );
    assert.equal(
      refusal({ variables: { HOST, ARM_CLIENT_ID: 'a' } }).message,
      `${CANNOT}signing in by azure (ARM_CLIENT_ID) ${takes}`,
    );
  });

  it('refuses a token that no header can carry, without repeating it', () => {
    const error = refusal({ variables: { HOST, TOKEN: 'dapi\nX-Evil: 1' } });
    assert.equal(
      error.message,
      `${CANNOT}DATABRICKS_TOKEN holds characters that no token has, such as a line break`,
    );
  });
});

describe('profiles of the Databricks tools', () => {
  const file = [
    '; made by databricks configure',
    '[DEFAULT]',
    `host  = ${HOST}`,
    'token = of-default',
    '',
    '[prod]',
    'HOST: "https://prod.cloud.databricks.com" # ours',
    'token = of-prod',
    '[empty]',
  ].join('\r\n');

  it('takes DEFAULT when nothing is said, and the one that is named otherwise', async () => {
    assert.equal(await tokenOf(open({ file })), 'of-default');
    assert.equal(await tokenOf(open({ file, profile: 'prod' })), 'of-prod');
    assert.equal(open({ file, profile: 'prod' }).host, 'https://prod.cloud.databricks.com');
    const chosen = `${file}\n[__settings__]\ndefault_profile = prod\n`;
    assert.equal(await tokenOf(open({ file: chosen })), 'of-prod');
  });

  it('puts variables before the profile, and inherits nothing from DEFAULT', async () => {
    assert.equal(await tokenOf(open({ file, profile: 'prod', variables: { TOKEN: 'mine' } })), 'mine');
    assert.equal(
      refusal({ file, profile: 'empty' }).message,
      `${CANNOT}profile empty of ~/.databrickscfg has neither a token nor a client id`,
    );
  });

  it('does not read the file when variables say enough and no profile is named', async () => {
    const broken = 'geheim';
    assert.equal(await tokenOf(open({ file: broken, variables: { HOST, TOKEN: 't' } })), 't');
    assert.equal(
      refusal({ file: broken, profile: 'x', variables: { HOST, TOKEN: 't' } }).message,
      '~/.databrickscfg:1  This is neither [profile] nor key = value.',
    );
  });

  it('names the profiles there are when the one asked for is not', () => {
    const error = refusal({ file, profile: 'prid' });
    assert.equal(error.message, 'Cannot take profile prid of ~/.databrickscfg: it has DEFAULT, prod, empty');
    assert.equal(error.nextStep, 'Did you mean prod?');
    assert.equal(
      refusal({ profile: 'prod' }).message,
      'Cannot take profile prod of ~/.databrickscfg: there is no such file',
    );
    assert.equal(refusal({ file, profile: '__settings__' }).code, 'HERMES_UNKNOWN_PROFILE');
  });

  it('reads another file when one is named', async () => {
    const other = join(temporaryFolder(), 'profiles');
    writeFileSync(other, `[x]\nhost=${HOST}\ntoken=of-x`);
    assert.equal(await tokenOf(open({ file, variables: { CONFIG_FILE: other }, profile: 'x' })), 'of-x');
    mkdirSync(`${other}.d`);
    assert.equal(
      refusal({ variables: { CONFIG_FILE: `${other}.d` } }).message,
      `Cannot read the profiles of Databricks [file=${other}.d]: EISDIR`,
    );
  });

  it('never sends the token of a profile to the host of a variable', () => {
    assert.equal(
      refusal({ file, profile: 'prod', variables: { HOST } }).message,
      'Cannot tell which workspace is meant: DATABRICKS_HOST and profile prod name different hosts',
    );
    const same = { HOST: 'prod.cloud.databricks.com/' };
    assert.equal(open({ file, profile: 'prod', variables: same }).host, 'https://prod.cloud.databricks.com');
  });

  it('repeats nothing of a line that it does not understand', () => {
    const error = refusal({ file: 'token = geheim\n[a\ngeheim', profile: 'a' });
    assert.equal(
      error.message,
      [
        '~/.databrickscfg:1  This stands before the first [profile].',
        '~/.databrickscfg:2  This is neither [profile] nor key = value.',
        '~/.databrickscfg:3  This is neither [profile] nor key = value.',
      ].join('\n'),
    );
  });

  it('shows no secret in the connection that it makes', () => {
    const secrets = { HOST, CLIENT_ID: 'i', CLIENT_SECRET: 'geheim' };
    for (const variables of [{ HOST, TOKEN: 'geheim' }, secrets])
      assert.ok(!inspect(open({ variables }), { depth: 10, showHidden: true }).includes('geheim'));
  });
});
