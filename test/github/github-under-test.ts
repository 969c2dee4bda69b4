import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { type GitHub, openGitHub } from '../../src/github/api/github-client.ts';
import type { GitHubCredential } from '../../src/github/api/github-credential.ts';
import { git } from '../../src/github/git/git.ts';
import { type GitHubDouble, TOKEN } from '../fakes/github/start-github.ts';
import type { App, Level } from '../fakes/github/state.ts';
import { swiftClock } from '../fakes/swift-clock.ts';
import { temporaryFolder } from '../setup.ts';

const BY_TOKEN: GitHubCredential = { kind: 'token', token: TOKEN, source: 'HERMES_GITHUB_TOKEN' };

/** Hermes' client of a double, whose waits take no time. */
export function openDouble(
  { apiUrl }: GitHubDouble,
  signal: AbortSignal = new AbortController().signal,
  clock = swiftClock(),
  credential: GitHubCredential = BY_TOKEN,
): Promise<GitHub> {
  return openGitHub({ apiUrl, credential }, { clock, signal });
}

/** A GitHub App of an organisation: what the double knows of it, and how Hermes signs in. */
export function makeApp(organisation = 'acme'): { readonly app: App; readonly credential: GitHubCredential } {
  const pem = { type: 'pkcs1', format: 'pem' } as const;
  const options = { modulusLength: 2048, publicKeyEncoding: pem, privateKeyEncoding: pem };
  const { publicKey, privateKey } = generateKeyPairSync('rsa', options);
  const writes = ['administration', 'contents', 'workflows', 'environments', 'actions_variables', 'secrets'];
  const reads = ['members', 'metadata', 'actions'];
  const permissions: Record<string, Level> = {
    ...Object.fromEntries(writes.map((name) => [name, 'write'])),
    ...Object.fromEntries(reads.map((name) => [name, 'read'])),
  };
  return {
    app: { id: 77, publicKey, organisation, permissions },
    credential: { kind: 'app', appId: '77', privateKey, owner: 'acme' },
  };
}

/** A fresh clone of a repository on a double, as somebody who may. */
export async function cloneOf({ gitUrl }: GitHubDouble, name: string, owner = 'acme'): Promise<string> {
  const folder = temporaryFolder();
  const basic = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
  const signIn = ['-c', `http.extraHeader=Authorization: Basic ${basic}`];
  const context = { env: process.env, signal: new AbortController().signal };
  await git(folder, [...signIn, 'clone', '--quiet', `${gitUrl}/${owner}/${name}.git`, name], context);
  return join(folder, name);
}
