import { createLoginCode } from '../workspace/identity/accounts.ts';
import type { ReachableWorkspace } from '../workspace/server/launch.ts';
import type { Cli } from './cli.ts';

/** A link that signs a person in to the embedded workspace, which links to run pages need. Works once, for ten minutes. */
export function signInLink(cli: Cli, { url, userName }: ReachableWorkspace): string {
  return `${url}/login?code=${createLoginCode(cli.home.workspace, userName, cli.clock.now())}`;
}
