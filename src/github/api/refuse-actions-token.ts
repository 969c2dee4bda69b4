import { ConnectionError } from '../../core/errors.ts';
import type { GitHubCredential } from './github-credential.ts';

/**
 * The token that every workflow gets is bound to its own repository, so it is refused before the first request
 * (https://docs.github.com/en/actions/concepts/security/github_token).
 */
export function refuseActionsToken(credential: GitHubCredential, env: NodeJS.ProcessEnv): void {
  if (credential.kind !== 'token') return;
  // That of an App looks the same, and may stand in any other variable.
  if (credential.source !== 'GITHUB_TOKEN' && credential.token !== env.GITHUB_TOKEN?.trim()) return;
  if (env.GITHUB_ACTIONS !== 'true' || !credential.token.startsWith('ghs_')) return;
  throw new ConnectionError(
    `Cannot create a repository with the token of a workflow (${credential.source}): it reaches its own repository only.`,
    {
      code: 'HERMES_GITHUB_ACTIONS_TOKEN',
      nextStep:
        'Give the workflow a GitHub App that is installed on all repositories: HERMES_GITHUB_APP_ID and HERMES_GITHUB_APP_KEY_FILE.',
    },
  );
}
