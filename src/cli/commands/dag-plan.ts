import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { DagPlanOptions } from '../dags/plan-dags.ts';
import { addDagChoices } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command.argument('[paths...]', 'DAG files, or folders that hold them (default: the folder dags)');
  addDagChoices(command)
    .option('--dag <id>', 'only this DAG')
    .option('--task <id>', 'everything about one task: its request, and its cluster value by value')
    .option('--policy <file>', 'take the policy of a file, as `dag check` does; no workspace is asked')
    .addHelpText(
      'after',
      `
Resolves versions, renders every request and holds each cluster to its policy. Nothing is submitted.
With --quiet only what would keep a run from starting; with --task the request alone.

Examples:
  hermes dag plan
  hermes dag plan dags/seattle.dag.yaml --env prod
  hermes dag plan dags/seattle.dag.yaml --task report`,
    )
    .action(async (paths: string[], options: DagPlanOptions) => {
      const { planDags } = await import('../dags/plan-dags.ts');
      await planDags(cli(), paths, options);
    });
}
