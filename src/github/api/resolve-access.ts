import { execFile } from 'node:child_process';
import { ConfigError, ConnectionError } from '../../core/errors.ts';
import { readSourceFile } from '../../core/file-trouble.ts';
import { hostProblem } from '../../core/github-names.ts';
import { apiUrlOf, GITHUB_API, webUrlOf } from './github-address.ts';
import type { GitHubAccess } from './github-client.ts';
import type { GitHubCredential } from './github-credential.ts';

/** What says where GitHub is and who asks. */
export interface AccessRequest {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** The organisation or user whose repositories are meant. */
  readonly owner: string;
  /** Name of an own GitHub Enterprise, given by an option or a file: `github.acme.com`. */
  readonly host?: string | undefined;
}

/**
 * Finds GitHub and a credential for it, before any request.
 * Where: an option or the platform's file, `HERMES_GITHUB_API_URL`, `GH_HOST`, `GITHUB_API_URL`, else github.com.
 * Who: `HERMES_GITHUB_TOKEN`, the App of `HERMES_GITHUB_APP_ID` and `HERMES_GITHUB_APP_KEY_FILE`, `GH_TOKEN`,
 * `GITHUB_TOKEN` (for an own server first `GH_ENTERPRISE_TOKEN`, `GITHUB_ENTERPRISE_TOKEN`), else `gh auth token`.
 * @throws ConfigError for an address that is none; ConnectionError when nothing says who asks
 */
export async function resolveAccess(request: AccessRequest): Promise<GitHubAccess> {
  const apiUrl = resolveApiUrl(request);
  const credential =
    credentialOf(request, apiUrl) ?? (await askGh(request, new URL(webUrlOf(apiUrl)).host)) ?? undefined;
  if (credential === undefined) throw noCredential(apiUrl);
  return { apiUrl, credential };
}

function resolveApiUrl({ env, host }: AccessRequest): string {
  if (host !== undefined) return apiUrlOf(checkHost(host, '--github-host'));
  const own = text(env.HERMES_GITHUB_API_URL);
  if (own !== undefined) return checkUrl(own, 'HERMES_GITHUB_API_URL');
  const ofGh = text(env.GH_HOST);
  if (ofGh !== undefined) return apiUrlOf(checkHost(ofGh, 'GH_HOST'));
  const ofActions = text(env.GITHUB_API_URL);
  return ofActions === undefined ? GITHUB_API : checkUrl(ofActions, 'GITHUB_API_URL');
}

function checkHost(host: string, source: string): string {
  if (hostProblem(host) === undefined) return host;
  const nextStep = 'Write it as github.acme.com, without https://.';
  throw badAddress(host, source, 'it is not the name of a host', nextStep);
}

function checkUrl(text: string, source: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere)) return text.replace(/\/+$/, '');
  throw badAddress(
    text,
    source,
    'a token goes over https only',
    'Write it as https://github.acme.com/api/v3.',
  );
}

function badAddress(value: string, source: string, reason: string, nextStep: string): ConfigError {
  return new ConfigError(
    `Cannot find GitHub at ${JSON.stringify(value.slice(0, 200))} of ${source}: ${reason}.`,
    {
      code: 'HERMES_GITHUB_ADDRESS_BAD',
      nextStep,
    },
  );
}

function credentialOf(request: AccessRequest, apiUrl: string): GitHubCredential | undefined {
  const { env } = request;
  const enterprise = apiUrl.endsWith('/api/v3') ? ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'] : [];
  return (
    tokenOf(env, 'HERMES_GITHUB_TOKEN') ??
    appOf(request) ??
    [...enterprise, 'GH_TOKEN', 'GITHUB_TOKEN']
      .map((name) => tokenOf(env, name))
      .find((one) => one !== undefined)
  );
}

function tokenOf(env: NodeJS.ProcessEnv, source: string): GitHubCredential | undefined {
  const token = text(env[source]);
  if (token === undefined) return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return { kind: 'token', token, source };
  throw new ConfigError(
    `Cannot sign in to GitHub: the value of ${source} holds characters that no token has.`,
    {
      code: 'HERMES_GITHUB_TOKEN_BAD',
      nextStep: 'Set it to the token alone, in one line.',
    },
  );
}

function appOf({ env, owner }: AccessRequest): GitHubCredential | undefined {
  const appId = text(env.HERMES_GITHUB_APP_ID);
  const file = text(env.HERMES_GITHUB_APP_KEY_FILE);
  if (appId === undefined && file === undefined) return undefined;
  if (appId === undefined || file === undefined) {
    const missing = appId === undefined ? 'HERMES_GITHUB_APP_ID' : 'HERMES_GITHUB_APP_KEY_FILE';
    throw new ConfigError(`Cannot sign in to GitHub as an App: ${missing} is not set.`, {
      code: 'HERMES_GITHUB_APP_BAD',
      nextStep: 'Set both: the id of the App, and the path of its private key.',
    });
  }
  const privateKey = readSourceFile(file, file);
  if (/-----BEGIN (?:RSA )?PRIVATE KEY-----/.test(privateKey))
    return { kind: 'app', appId, privateKey, owner };
  throw new ConfigError(`Cannot sign in to GitHub as an App: ${file} holds no private key.`, {
    code: 'HERMES_GITHUB_APP_BAD',
    nextStep: 'Name the .pem file that GitHub gave when the key was made (HERMES_GITHUB_APP_KEY_FILE).',
  });
}

/** The token that the `gh` of the user has; undefined without `gh`, or where it is not signed in. */
function askGh({ env, signal }: AccessRequest, host: string): Promise<GitHubCredential | undefined> {
  return new Promise((resolve, reject) => {
    const words = ['auth', 'token', '--hostname', host];
    execFile('gh', words, { env, signal, timeout: 10_000 }, (error, stdout) => {
      if (signal.aborted) return reject(signal.reason);
      const token = stdout.trim();
      resolve(error === null && token !== '' ? { kind: 'token', token, source: 'gh auth token' } : undefined);
    });
  });
}

function noCredential(apiUrl: string): ConnectionError {
  return new ConnectionError('Cannot sign in to GitHub: nothing says who asks.', {
    code: 'HERMES_GITHUB_NO_TOKEN',
    facts: { api: apiUrl },
    nextStep:
      `Run gh auth login, or set HERMES_GITHUB_TOKEN to a token of ${webUrlOf(apiUrl)}/settings/tokens ` +
      '(scopes repo, workflow, read:org).',
  });
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
