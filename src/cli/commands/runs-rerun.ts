import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import type { RunsRerunOptions } from '../runs/rerun-run.ts';
import { collectText, ENV_OF_RUN, RUN_ARGUMENT } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[run]', RUN_ARGUMENT, 'last')
    .option('--as-was', 'the same artifacts, params and logical date (the default)')
    .addOption(new Option('--latest', 'resolve versions anew').conflicts('asWas'))
    .option(
      '--task <id>',
      'only this task; may be repeated (default: all, or the one whose run it is)',
      collectText,
      [],
    )
    .option('--set <task.option=value>', 'another option of a task; may be repeated', collectText, [])
    .option('--env <name>', ENV_OF_RUN)
    .option('--dry-run', 'print what would be sent, and what comes out otherwise; start nothing')
    .addHelpText(
      'after',
      `
The new run has an id of its own. A run of someone else is repeated from what the workspace tells of it.

Examples:
  hermes runs rerun
  hermes runs rerun last --latest --task report
  hermes runs rerun 1208 --set report.script_version=feature/fix-column
  hermes runs rerun 'https://dbc-1.cloud.databricks.com/jobs/41/runs/1207?o=7474' --dry-run`,
    )
    .action(async (reference: string, options: RunsRerunOptions) => {
      const { rerunAny } = await import('../runs/rerun-run.ts');
      await rerunAny(cli(), reference, options);
    });
}
