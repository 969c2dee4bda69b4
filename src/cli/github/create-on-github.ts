import { HermesError, WorkFailedError } from '../../core/errors.ts';
import { resolveIdentity } from '../../github/git/identity.ts';
import { requireKnownAuthor } from '../../github/git/known-author.ts';
import type { CreationPlan, StepOutcome } from '../../github/repository-host.ts';
import type { Cli } from '../cli.ts';
import {
  type CreatedRepository,
  createRepository,
  planContent,
  type RepositoryRequest,
} from '../create-repository.ts';
import { shellWord } from '../shell-word.ts';
import type { GitHubWish } from './github-options.ts';
import { openGitHubOf } from './open-github.ts';

/** What a creation on GitHub would do; looks, and changes nothing. */
export async function planOnGitHub(
  cli: Cli,
  request: RepositoryRequest,
  wish: GitHubWish,
): Promise<CreationPlan> {
  const { host } = await open(cli, wish);
  const { wanted } = await planContent(withWish(request, wish), { env: cli.env, signal: cli.signal });
  return host.plan(wanted, cli.signal);
}

/**
 * Makes a repository on GitHub and clones it; finishes what an earlier call began.
 * @throws ConfigError when git does not know who commits; HermesError that says that the same command goes on
 */
export async function createOnGitHub(
  cli: Cli,
  request: RepositoryRequest,
  wish: GitHubWish,
  onStep: (step: StepOutcome) => void,
): Promise<CreatedRepository> {
  const context = { env: cli.env, signal: cli.signal };
  const identity = await (request.identity ?? resolveIdentity(cli.cwd, context));
  requireKnownAuthor(identity);
  const [{ github, host }, { signedInGit }] = await Promise.all([
    open(cli, wish),
    import('../../github/git/git-sign-in.ts'),
  ]);
  let cloneUrl: string | undefined;
  const signIn = (url: string) => {
    cloneUrl = url;
    return signedInGit(context, github, url);
  };
  try {
    return await createRepository(withWish(request, wish), host, { ...context, onStep, signIn });
  } catch (error) {
    if (cli.signal.aborted) throw interrupted(cli.signal.reason);
    throw cloneUrl === undefined ? error : notCloned(error, `${wish.org}/${request.name}`, cloneUrl);
  }
}

async function open(cli: Cli, { org, host }: GitHubWish) {
  const [github, { createGitHubHost }, { refuseActionsToken }] = await Promise.all([
    openGitHubOf(cli, org, host),
    import('../../github/github-host.ts'),
    import('../../github/api/refuse-actions-token.ts'),
  ]);
  refuseActionsToken(github.credential, cli.env);
  return { github, host: createGitHubHost(github, org, cli.clock) };
}

function withWish(request: RepositoryRequest, { org, settings, stores }: GitHubWish): RepositoryRequest {
  return { ...request, settings, stores, codeOwner: `@${org}/${settings.team}` };
}

// What git says of a server that does not let it in.
const SIGN_IN =
  /authentication failed|could not read (?:username|password)|terminal prompts disabled|invalid (?:username|credentials)|repository not found|returned error: 40[13]|not granted/i;

function interrupted(reason: unknown): unknown {
  if (!(reason instanceof HermesError)) return reason;
  const nextStep = 'Run the same command again: it goes on where it stopped.';
  return new WorkFailedError(reason.message, { code: reason.code, nextStep });
}

function notCloned(error: unknown, repository: string, cloneUrl: string): unknown {
  if (!(error instanceof HermesError)) return error;
  const isSignIn = SIGN_IN.test(error.message);
  return new WorkFailedError(`Repository ${repository} is made, but cannot be cloned: ${error.message}`, {
    code: 'HERMES_NOT_CLONED',
    nextStep: `${isSignIn ? 'Let git sign in (gh auth setup-git)' : 'Mend what git names'}, then: git clone ${shellWord(cloneUrl)}`,
    cause: error,
  });
}
