import type { GitHubDefaults } from '../../config/github-defaults.ts';
import { createDiskHost } from '../../github/disk-host.ts';
import type { GitContext } from '../../github/git/git.ts';
import type { Cli } from '../cli.ts';
import { selfCommand } from '../self-command.ts';
import type { Enroller } from './enroller.ts';
import { airflowRepository } from './team-plan.ts';

/** Where the teams' repositories are: on GitHub where an organisation is named, else on this machine. */
export async function openPlace(
  cli: Cli,
  teams: readonly string[],
  org: string | undefined,
  githubOf: (team: string) => GitHubDefaults,
): Promise<Pick<Enroller, 'host' | 'context' | 'signIn' | 'onGitHub'>> {
  const { env, home, signal, clock } = cli;
  // Nobody sits before the clones to type a password.
  const context: GitContext = { env: { ...env, GIT_TERMINAL_PROMPT: '0' }, signal };
  const [first = ''] = teams;
  if ((org ?? githubOf(first).org) === undefined)
    return { host: createDiskHost(home, { env, command: selfCommand() }), context };
  const { resolveGitHubWish } = await import('../github/github-options.ts');
  const given = { variable: [], secret: [], ...(org === undefined ? {} : { org }) };
  const wishOf = (team: string) => {
    const repository = { name: airflowRepository(team), team, kind: 'airflow' } as const;
    return resolveGitHubWish(repository, given, githubOf(team), { env, stdin: '' });
  };
  const wishes = new Map(teams.map((team) => [team, wishOf(team)]));
  const [{ openGitHubOf }, { createGitHubHost }, { signedInGit }, { refuseActionsToken }] = await Promise.all(
    [
      import('../github/open-github.ts'),
      import('../../github/github-host.ts'),
      import('../../github/git/git-sign-in.ts'),
      import('../../github/api/refuse-actions-token.ts'),
    ],
  );
  const { org: owner, host } = wishes.get(first) ?? wishOf(first);
  const github = await openGitHubOf(cli, owner, host);
  refuseActionsToken(github.credential, env);
  return {
    host: createGitHubHost(github, owner, clock),
    context,
    signIn: (cloneUrl) => signedInGit(context, github, cloneUrl),
    onGitHub: (team) => {
      const { settings } = wishes.get(team) ?? wishOf(team);
      return { settings, codeOwner: `@${owner}/${settings.team}` };
    },
  };
}
