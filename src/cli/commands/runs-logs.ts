import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { RunsLogsOptions } from '../print-logs.ts';
import { parseCount, RUN_ARGUMENT } from '../run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[run]', RUN_ARGUMENT, 'last')
    .option('--task <id>', 'which task of a DAG run (default: the one that failed, else the last one)')
    .option('--tail <n>', 'only the last lines', parseCount)
    .option('-f, --follow', 'go on until the run ends')
    .addHelpText(
      'after',
      '\nExamples:\n  hermes runs logs\n  hermes runs logs 1208 --tail 50\n  hermes runs logs last --task clean --follow',
    )
    .action(async (reference: string, options: RunsLogsOptions) => {
      const { printLogs } = await import('../print-logs.ts');
      await printLogs(cli(), reference, options);
    });
}
