import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { RunChoice } from '../runs/find-run.ts';
import { ENV_OF_RUN, RUN_ARGUMENT } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[run]', RUN_ARGUMENT, 'last')
    .option('--env <name>', ENV_OF_RUN)
    .option('--task <id>', 'only this task of a DAG run')
    .addHelpText(
      'after',
      `
Exit code 0 when it succeeds, 1 otherwise. Ctrl-C ends the watching, not the run.

Examples:
  hermes runs watch
  hermes runs watch 1208
  hermes runs watch 'https://dbc-1.cloud.databricks.com/jobs/41/runs/1207?o=7474'`,
    )
    .action(async (reference: string, options: RunChoice) => {
      const { watchAny } = await import('../runs/watch-runs.ts');
      await watchAny(cli(), reference, options);
    });
}
