import type { Clock } from '../../core/clock.ts';
import { ConfigError } from '../../core/errors.ts';
import { webUrlOf } from './github-address.ts';
import { requestFailure } from './request-failure.ts';

/** Who asks GitHub. Secrets of it never leave this room but in the header of a request. */
export type GitHubCredential =
  | {
      readonly kind: 'token';
      readonly token: string;
      /** Where it came from, for people: `GH_TOKEN`, `gh auth token`. */
      readonly source: string;
    }
  | {
      readonly kind: 'app';
      readonly appId: string;
      /** PEM. */
      readonly privateKey: string;
      /** The organisation whose installation is meant. */
      readonly owner: string;
    };

/** A token that lives for minutes is asked for anew so long before it ends. */
const SPARE_MS = 5 * 60_000;

/** The token of the next request; that of an App's installation is made when it is needed, and once an hour. */
export function createTokens(
  credential: GitHubCredential,
  apiUrl: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): () => Promise<string | undefined> {
  if (credential.kind === 'token') return async () => credential.token;
  let known: Promise<{ readonly token: string; readonly expiresAt: string }> | undefined;
  return async () => {
    const isOver =
      known !== undefined && Date.parse((await known).expiresAt) - SPARE_MS < clock.now().getTime();
    if (known === undefined || isOver) known = signInAsApp(credential, apiUrl, signal);
    try {
      return (await known).token;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
}

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation */
async function signInAsApp(
  { appId, privateKey, owner }: GitHubCredential & { readonly kind: 'app' },
  apiUrl: string,
  signal: AbortSignal,
): Promise<{ readonly token: string; readonly expiresAt: string }> {
  const [{ createAppAuth }, { request }] = await Promise.all([
    import('@octokit/auth-app'),
    import('@octokit/core').then(({ Octokit }) => new Octokit({ baseUrl: apiUrl })),
  ]);
  const auth = createAppAuth({ appId, privateKey, request });
  const { token: jwt } = await auth({ type: 'app' });
  const answer = await request('GET /orgs/{org}/installation', {
    org: owner,
    headers: { authorization: `bearer ${jwt}` },
    request: { signal },
  }).catch((error: unknown) => {
    throw requestFailure(error)?.status === 404 ? notInstalled(appId, owner, apiUrl, error) : error;
  });
  const { token, expiresAt } = await auth({ type: 'installation', installationId: answer.data.id });
  return { token, expiresAt };
}

function notInstalled(appId: string, owner: string, apiUrl: string, cause: unknown): ConfigError {
  const page = `${webUrlOf(apiUrl)}/organizations/${owner}/settings/installations`;
  return new ConfigError(`Cannot sign in as the GitHub App ${appId}: it is not installed in ${owner}.`, {
    code: 'HERMES_GITHUB_NO_INSTALLATION',
    nextStep: `Correct --org, or have an owner of ${owner} install it for all repositories: ${page}`,
    cause,
  });
}
