import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiUrlOf, webUrlOf } from '../../../src/github/api/github-address.ts';
import { refuseActionsToken } from '../../../src/github/api/refuse-actions-token.ts';
import { resolveAccess } from '../../../src/github/api/resolve-access.ts';
import { temporaryFolder } from '../../setup.ts';

const { signal } = new AbortController();
const access = (env: NodeJS.ProcessEnv, host?: string) =>
  resolveAccess({ env: { PATH: '', ...env }, signal, owner: 'acme', host });
const sourceOf = async (env: NodeJS.ProcessEnv, host?: string) => {
  const { credential } = await access(env, host);
  return credential.kind === 'token' ? `${credential.source}=${credential.token}` : credential;
};

describe('who asks GitHub, and where', () => {
  it('finds the API and the pages of every kind of host', () => {
    const hosts = ['github.com', 'GitHub.com', 'acme.ghe.com', 'github.acme.com', 'github.acme.com:8443'];
    assert.deepEqual(hosts.map(apiUrlOf), [
      'https://api.github.com',
      'https://api.github.com',
      'https://api.acme.ghe.com',
      'https://github.acme.com/api/v3',
      'https://github.acme.com:8443/api/v3',
    ]);
    assert.deepEqual(hosts.map(apiUrlOf).map(webUrlOf), [
      'https://github.com',
      'https://github.com',
      'https://acme.ghe.com',
      'https://github.acme.com',
      'https://github.acme.com:8443',
    ]);
  });

  it('lets an option go before variables, and those of Hermes before others', async () => {
    const env = {
      GH_TOKEN: 'x',
      HERMES_GITHUB_API_URL: 'http://127.0.0.1:1234/',
      GH_HOST: 'gh.acme.com',
      GITHUB_API_URL: 'https://actions.acme.com/api/v3',
    };
    const { HERMES_GITHUB_API_URL: _h, ...others } = env;
    const { GH_HOST: _g, ...actions } = others;
    const urls = await Promise.all([
      access(env, 'github.acme.com'),
      access(env),
      access(others),
      access(actions),
      access({ GH_TOKEN: 'x' }),
    ]);
    assert.deepEqual(
      urls.map(({ apiUrl }) => apiUrl),
      [
        'https://github.acme.com/api/v3',
        'http://127.0.0.1:1234',
        'https://gh.acme.com/api/v3',
        'https://actions.acme.com/api/v3',
        'https://api.github.com',
      ],
    );
  });

  it('sends no token over plain http, and takes no address for a host', async () => {
    await assert.rejects(access({ HERMES_GITHUB_API_URL: 'http://github.acme.com/api/v3' }), {
      code: 'HERMES_GITHUB_ADDRESS_BAD',
      message:
        'Cannot find GitHub at "http://github.acme.com/api/v3" of HERMES_GITHUB_API_URL: a token goes over https only.',
      nextStep: 'Write it as https://github.acme.com/api/v3.',
    });
    await assert.rejects(access({ GH_HOST: 'https://github.acme.com' }), {
      message: 'Cannot find GitHub at "https://github.acme.com" of GH_HOST: it is not the name of a host.',
      nextStep: 'Write it as github.acme.com, without https://.',
    });
  });

  it('takes the first token that is set; for a server of its own the one that is meant for it', async () => {
    const all = { GH_TOKEN: 'b', GITHUB_TOKEN: 'c', GH_ENTERPRISE_TOKEN: 'd' };
    assert.equal(await sourceOf({ ...all, HERMES_GITHUB_TOKEN: 'a' }), 'HERMES_GITHUB_TOKEN=a');
    assert.equal(await sourceOf(all), 'GH_TOKEN=b');
    assert.equal(await sourceOf({ ...all, GH_TOKEN: ' ' }), 'GITHUB_TOKEN=c');
    assert.equal(await sourceOf(all, 'github.acme.com'), 'GH_ENTERPRISE_TOKEN=d');
  });

  it('asks gh for its token of the host', async () => {
    const folder = temporaryFolder();
    const gh = join(folder, 'gh');
    writeFileSync(gh, '#!/bin/sh\n[ "$1 $2 $3" = "auth token --hostname" ] && echo "gho_of_$4"\n');
    chmodSync(gh, 0o755);
    assert.equal(await sourceOf({ PATH: folder }), 'gh auth token=gho_of_github.com');
    assert.equal(await sourceOf({ PATH: folder }, 'github.acme.com'), 'gh auth token=gho_of_github.acme.com');
    writeFileSync(gh, '#!/bin/sh\necho "not logged in" >&2; exit 1\n');
    await assert.rejects(access({ PATH: folder }), {
      code: 'HERMES_GITHUB_NO_TOKEN',
      message: 'Cannot sign in to GitHub [api=https://api.github.com]: nothing says who asks.',
      nextStep:
        'Run gh auth login, or set HERMES_GITHUB_TOKEN to a token of https://github.com/settings/tokens (scopes repo, workflow, read:org).',
    });
  });

  it('takes an App by its id and the file of its key', async () => {
    const key = join(temporaryFolder(), 'app.pem');
    writeFileSync(key, '-----BEGIN RSA PRIVATE KEY-----\nhush\n');
    const env = { HERMES_GITHUB_APP_ID: '7', HERMES_GITHUB_APP_KEY_FILE: key, GH_TOKEN: 'x' };
    const { credential } = await access(env);
    assert.ok(credential.kind === 'app');
    assert.deepEqual([credential.appId, credential.owner], ['7', 'acme']);
    await assert.rejects(access({ ...env, HERMES_GITHUB_APP_ID: '' }), {
      message: 'Cannot sign in to GitHub as an App: HERMES_GITHUB_APP_ID is not set.',
      nextStep: 'Set both: the id of the App, and the path of its private key.',
    });
    writeFileSync(key, 'hush');
    await assert.rejects(access(env), {
      message: `Cannot sign in to GitHub as an App: ${key} holds no private key.`,
    });
  });

  it('never repeats a token that is none', async () => {
    await assert.rejects(access({ GH_TOKEN: 'hush\nhush' }), {
      message: 'Cannot sign in to GitHub: the value of GH_TOKEN holds characters that no token has.',
      nextStep: 'Set it to the token alone, in one line.',
    });
  });

  it('says of the token of a workflow that it makes no repositories, and lets that of an App be', () => {
    const token = (source: string) => ({ kind: 'token', token: 'ghs_x', source }) as const;
    const env = { GITHUB_ACTIONS: 'true' };
    refuseActionsToken(token('GH_TOKEN'), env);
    refuseActionsToken(token('GITHUB_TOKEN'), {});
    assert.throws(() => refuseActionsToken(token('GITHUB_TOKEN'), env), {
      code: 'HERMES_GITHUB_ACTIONS_TOKEN',
      message:
        'Cannot create a repository with the token of a workflow (GITHUB_TOKEN): it reaches its own repository only.',
      nextStep:
        'Give the workflow a GitHub App that is installed on all repositories: HERMES_GITHUB_APP_ID and HERMES_GITHUB_APP_KEY_FILE.',
    });
  });
});
