import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { RunChoice } from '../runs/find-run.ts';
import { ENV_OF_RUN, RUN_ARGUMENT } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[run]', RUN_ARGUMENT, 'last')
    .option('--env <name>', ENV_OF_RUN)
    .addHelpText(
      'after',
      `
With --quiet its id alone; hermes runs watch --quiet prints how it ended.

Examples:
  hermes runs show
  hermes runs show 1208
  hermes runs show 'https://dbc-1.cloud.databricks.com/jobs/41/runs/1207?o=7474'`,
    )
    .action(async (reference: string, options: RunChoice) => {
      const { showRun } = await import('../runs/show-run.ts');
      await showRun(cli(), reference, options);
    });
}
