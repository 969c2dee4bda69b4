import type { GitHub } from '../api/github-client.ts';
import type { GitContext } from './git.ts';

/**
 * Lets git sign in to GitHub as Hermes does, for the calls with this context only: nothing of it is written to a file
 * or stands in an address. Nobody is asked for a password.
 */
export async function signedInGit(
  context: GitContext,
  github: GitHub,
  cloneUrl: string,
): Promise<GitContext> {
  const url = new URL(cloneUrl);
  const pair = Buffer.from(`x-access-token:${await github.gitToken()}`).toString('base64');
  return {
    ...context,
    env: { ...context.env, GIT_TERMINAL_PROMPT: '0' },
    settings: [[`http.${url.origin}/.extraheader`, `Authorization: Basic ${pair}`]],
  };
}
