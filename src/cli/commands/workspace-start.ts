import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { embeddedWorkspace } from '../embedded-workspace.ts';
import { signInLink } from '../workspace-sign-in.ts';
import { parsePort } from './workspace-serve.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--port <number>', 'a port that must be free (default: that of last time, else 7413)')
    .addHelpText('after', '\nExamples:\n  hermes workspace start\n  hermes workspace start --port 8080')
    .action(async (options: { port?: string }) => start(cli(), options.port));
}

async function start(cli: Cli, port: string | undefined): Promise<void> {
  const workspace = await embeddedWorkspace(cli, {
    stays: true,
    ...(port === undefined ? {} : { port: parsePort(port) }),
  });
  const loginUrl = signInLink(cli, workspace);
  if (workspace.movedFrom !== undefined)
    cli.note(
      `Port ${workspace.movedFrom} is in use by another program: links to it that were printed earlier do not work.`,
    );
  cli.print(
    `Workspace ${workspace.started ? 'started' : 'is running'} at ${cli.style('bold', workspace.url)} as ${workspace.userName}`,
  );
  cli.print(`Open it (works once, within 10 minutes): ${cli.style('cyan', loginUrl)}`);
  cli.object({
    url: workspace.url,
    userName: workspace.userName,
    started: workspace.started,
    loginUrl,
    ...(workspace.movedFrom === undefined ? {} : { movedFrom: workspace.movedFrom }),
  });
}
