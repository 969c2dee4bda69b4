import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { DagRunOptions } from '../dags/run-dag-file.ts';
import { addDagChoices, parseCount, parseRunId } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command.argument('[dag]', 'a *.dag.ts or *.dag.yaml file, or the id of a DAG');
  addDagChoices(command)
    .option('--dag <id>', 'which DAG, when the file holds several')
    .option('--run-id <id>', 'name of the run (default: from the time)', parseRunId)
    .option('--parallel <n>', 'tasks at a time', parseCount, 4)
    .option(
      '--resume [run]',
      'go on with a run (default: the last one): adopt what is going, repeat what failed',
    )
    .option('--dry-run', 'print what would be sent; as hermes dag plan')
    .option('--latest', 'with --resume: pin versions anew instead of repeating the same bytes')
    .addHelpText(
      'after',
      `
Examples:
  hermes dag run dags/seattle.dag.yaml
  hermes dag run seattle_weather
  hermes dag run dags/seattle.dag.yaml --env prod --logical-date 2026-01-31
  hermes dag run dags/seattle.dag.yaml --set report.script_version=feature/fix-column
  hermes dag run --resume`,
    )
    .action(async (file: string | undefined, options: DagRunOptions) => {
      const { runDagFile } = await import('../dags/run-dag-file.ts');
      await runDagFile(cli(), file, options);
    });
}
