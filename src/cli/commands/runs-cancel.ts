import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { RunChoice } from '../runs/find-run.ts';
import { ENV_OF_RUN, RUN_ARGUMENT } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<run...>', RUN_ARGUMENT)
    .option('--env <name>', ENV_OF_RUN)
    .option('--task <id>', 'only this task of a DAG run')
    .addHelpText(
      'after',
      `
Examples:
  hermes runs cancel last
  hermes runs cancel 1208 1211
  hermes runs cancel 'https://dbc-1.cloud.databricks.com/jobs/41/runs/1207?o=7474'`,
    )
    .action(async (references: readonly string[], options: RunChoice) => {
      const { cancelRuns } = await import('../runs/cancel-runs.ts');
      await cancelRuns(cli(), references, options);
    });
}
