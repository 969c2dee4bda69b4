import { ensureWorkspace, type LaunchOptions, type ReachableWorkspace } from '../workspace/server/launch.ts';
import type { Cli } from './cli.ts';

/** The workspace of this machine, started when it is not running. @param options Over those that the command line has. */
export function embeddedWorkspace(
  cli: Cli,
  options: Partial<LaunchOptions> = {},
): Promise<ReachableWorkspace> {
  return ensureWorkspace({
    folder: cli.home.workspace,
    cacheFolder: cli.home.cache,
    environment: cli.env,
    signal: cli.signal,
    clock: cli.clock,
    ...options,
  });
}
