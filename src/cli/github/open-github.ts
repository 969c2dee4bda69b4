import type { GitHub } from '../../github/api/github-client.ts';
import type { Cli } from '../cli.ts';

/** Opens the GitHub of an organisation, as the environment or an option says. Nothing is sent before the first call. */
export async function openGitHubOf(cli: Cli, owner: string, host?: string): Promise<GitHub> {
  const { env, clock, signal } = cli;
  const [{ resolveAccess }, { openGitHub }] = await Promise.all([
    import('../../github/api/resolve-access.ts'),
    import('../../github/api/github-client.ts'),
  ]);
  const access = await resolveAccess({ env, signal, owner, host });
  return openGitHub(access, { clock, signal, onWait: (sentence) => cli.note(sentence) });
}
