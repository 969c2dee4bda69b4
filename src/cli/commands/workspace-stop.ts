import type { Command } from 'commander';
import { stopWorkspace } from '../../workspace/server/launch.ts';
import type { Cli } from '../cli.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .addHelpText('after', '\nRuns that are going are cancelled.\n\nExamples:\n  hermes workspace stop')
    .action(async () => stop(cli()));
}

async function stop(cli: Cli): Promise<void> {
  const { stopped, cancelledRuns } = await stopWorkspace(cli.home.workspace, cli.signal, cli.clock);
  const runs = cancelledRuns === 0 ? 'No run was going.' : `Cancelled ${cancelledRuns} of its runs.`;
  cli.print(stopped ? `Workspace stopped. ${runs}` : 'The workspace is not running.');
  cli.object({ stopped, cancelledRuns });
}
