import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { RunsListOptions } from '../list-runs.ts';
import { parseCount } from '../run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--dag <id>', 'runs of one DAG')
    .option('--env <name>', 'runs in one environment')
    .option('--limit <n>', 'at most so many, the newest first', parseCount, 20)
    .addHelpText(
      'after',
      '\nExamples:\n  hermes runs list\n  hermes runs list --dag seattle_weather --limit 5',
    )
    .action(async (options: RunsListOptions) => {
      const { listRuns } = await import('../list-runs.ts');
      await listRuns(cli(), options);
    });
}
