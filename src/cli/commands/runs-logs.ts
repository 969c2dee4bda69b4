import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import type { RunsLogsOptions } from '../runs/print-logs.ts';
import { ENV_OF_RUN, parseCount, RUN_ARGUMENT } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[run]', RUN_ARGUMENT, 'last')
    .option('--env <name>', ENV_OF_RUN)
    .option('--task <id>', 'which of several tasks (default: the one that failed, else the last one)')
    .option('--tail <n>', 'only the last lines', parseCount)
    .option('-f, --follow', 'go on until the run ends: of a DAG run through its attempts and tasks')
    .addOption(new Option('--error', 'only the error: the traceback').conflicts(['follow', 'tail']))
    .addHelpText(
      'after',
      `
Examples:
  hermes runs logs
  hermes runs logs 1208 --error
  hermes runs logs last --task clean --follow
  hermes runs logs 'https://dbc-1.cloud.databricks.com/jobs/41/runs/1207?o=7474' --tail 50`,
    )
    .action(async (reference: string, options: RunsLogsOptions) => {
      const { printLogs } = await import('../runs/print-logs.ts');
      await printLogs(cli(), reference, options);
    });
}
