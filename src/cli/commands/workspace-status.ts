import type { Command } from 'commander';
import { workspaceStatus } from '../../workspace/server/launch.ts';
import type { Cli } from '../cli.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .addHelpText('after', '\nExamples:\n  hermes workspace status\n  hermes workspace status --json')
    .action(async () => status(cli()));
}

async function status(cli: Cli): Promise<void> {
  const found = await workspaceStatus(cli.home.workspace);
  cli.object({ running: found !== undefined, ...found });
  if (found === undefined) {
    cli.print('The workspace is not running. Start it: hermes workspace start');
    return;
  }
  const runs = `${found.activeRuns} active run${found.activeRuns === 1 ? '' : 's'}`;
  cli.print(
    `Workspace at ${cli.style('bold', found.url)} · ${runs} · Hermes ${found.version} · pid ${found.pid}`,
  );
  if (found.scenario !== undefined)
    cli.print(`It plays the scenario ${found.scenario}: what it answers is made up.`);
  cli.print(`Since ${found.startedAt}`);
}
