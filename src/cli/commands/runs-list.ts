import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { RunsListOptions } from '../runs/list-runs.ts';
import { parseCount } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--dag <id>', 'runs of one DAG')
    .option('--env <name>', 'runs in one environment')
    .option('--workspace', 'all runs of the workspace that you may see, those of others, too')
    .option('--limit <n>', 'at most so many, the newest first', parseCount, 20)
    .addHelpText(
      'after',
      `
With --quiet ids alone, one per line.

Examples:
  hermes runs list
  hermes runs list --dag seattle_weather --limit 5
  hermes runs list --workspace`,
    )
    .action(async ({ workspace, ...options }: RunsListOptions & { workspace?: true }) => {
      const { listRuns } = await import('../runs/list-runs.ts');
      if (workspace !== true) return listRuns(cli(), options);
      const { listWorkspaceRuns } = await import('../runs/list-workspace-runs.ts');
      await listWorkspaceRuns(cli(), options);
    });
}
