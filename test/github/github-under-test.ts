import { join } from 'node:path';
import { git } from '../../src/github/git.ts';
import { type GitHub, openGitHub } from '../../src/github/github-client.ts';
import { type GitHubDouble, TOKEN } from '../fakes/github/start-github.ts';
import { swiftClock } from '../fakes/swift-clock.ts';
import { temporaryFolder } from '../setup.ts';

/** Hermes' client of a double, whose waits take no time. */
export function openDouble(
  { apiUrl }: GitHubDouble,
  signal: AbortSignal = new AbortController().signal,
  clock = swiftClock(),
): Promise<GitHub> {
  return openGitHub(
    { apiUrl, credential: { kind: 'token', token: TOKEN, source: 'HERMES_GITHUB_TOKEN' } },
    { clock, signal },
  );
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
