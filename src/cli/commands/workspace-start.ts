import { basename, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { ownerTokenFile } from '../../workspace/server/address.ts';
import { chooseSpark, parseSpark } from '../choose-spark.ts';
import type { Cli } from '../cli.ts';
import { embeddedWorkspace } from '../embedded-workspace.ts';
import { shellWord } from '../shell-word.ts';
import { signInLink } from '../workspace-sign-in.ts';
import { parsePort, scenarioOf } from './workspace-serve.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--port <number>', 'a port that must be free (default: that of last time, else 7413)')
    .option('--scenario <file>', 'play a scenario (YAML or JSON): what goes wrong, and what time it is')
    .option(
      '--spark <engine>',
      'sail, or full: Apache Spark itself, which needs Java 17 (default: that of last time, else sail)',
    )
    .addHelpText(
      'after',
      [
        '',
        'A scenario is for tests of clients: docs/guides/test-against-the-workspace.md',
        '',
        'Examples:',
        '  hermes workspace start',
        '  hermes workspace start --port 8080',
        '  hermes workspace start --spark full',
        '  hermes workspace start --scenario bad-day.yaml',
      ].join('\n'),
    )
    .action(async (options: Options) => start(cli(), options));
}

interface Options {
  readonly port?: string;
  readonly scenario?: string;
  readonly spark?: string;
}

async function start(cli: Cli, { port, scenario, spark }: Options): Promise<void> {
  const engine = spark === undefined ? undefined : await parseSpark(cli, spark);
  const file = scenario === undefined ? undefined : resolve(cli.cwd, scenario);
  // Its mistakes are told here, where the file has the name that was typed.
  if (file !== undefined) await scenarioOf(file, scenario);
  const workspace = await embeddedWorkspace(cli, {
    stays: true,
    ...(port === undefined ? {} : { port: parsePort(port) }),
    ...(file === undefined ? {} : { scenario: file }),
  });
  const loginUrl = signInLink(cli, workspace);
  if (workspace.movedFrom !== undefined)
    cli.note(
      `The workspace is at another port than last time: links with port ${workspace.movedFrom} lead nowhere.`,
    );
  cli.print(
    `Workspace ${workspace.started ? 'started' : 'is running'} at ${cli.style('bold', workspace.url)} as ${workspace.userName}`,
  );
  if (file !== undefined) cli.print(`It plays the scenario ${basename(file)}: what it answers is made up.`);
  if (engine !== undefined) chooseSpark(cli, engine);
  cli.print(`Open it (works once, within 10 minutes): ${cli.style('cyan', loginUrl)}`);
  const token = shellWord(relative(cli.cwd, ownerTokenFile(cli.home.workspace)));
  cli.print(`Databricks' own tools: DATABRICKS_HOST=${workspace.url}, and the token that stands in ${token}`);
  if (cli.quiet) cli.result(workspace.url);
  cli.object({
    url: workspace.url,
    userName: workspace.userName,
    started: workspace.started,
    loginUrl,
    ...(workspace.movedFrom === undefined ? {} : { movedFrom: workspace.movedFrom }),
  });
}
