import { markHome } from '../config/home.ts';
import { ensureWorkspace, type LaunchOptions, type ReachableWorkspace } from '../workspace/server/launch.ts';
import type { Cli } from './cli.ts';

/** The workspace of this machine, started when it is not running. @param options Over those that the command line has. */
export function embeddedWorkspace(
  cli: Cli,
  options: Partial<LaunchOptions> = {},
): Promise<ReachableWorkspace> {
  markHome(cli.home);
  return ensureWorkspace({
    folder: cli.home.workspace,
    cacheFolder: cli.home.cache,
    // The server works in a folder of its own, from which another home may be the nearest.
    environment: { ...cli.env, HERMES_HOME: cli.home.root },
    signal: cli.signal,
    clock: cli.clock,
    ...options,
  });
}
