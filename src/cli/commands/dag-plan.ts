import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { DagPlanOptions } from '../plan-dags.ts';
import { collectText, parseInstant } from '../run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[paths...]', 'DAG files, or folders that hold them (default: the folder dags)')
    .option('--env <name>', 'environment to plan for', 'dev')
    .option('--dag <id>', 'only this DAG')
    .option('--task <id>', 'everything about one task: its request, and its cluster value by value')
    .option('--logical-date <date>', 'the day that {{ ds }} means (default: the present time)', parseInstant)
    .option('--param <name=value>', 'a value of {{ params.name }}; may be repeated', collectText, [])
    .option('--set <task.option=value>', 'another option of a task; may be repeated', collectText, [])
    .option('--policy <file>', 'take policies that `policy show --json` has written; no workspace is asked')
    .addHelpText(
      'after',
      `
Resolves versions, renders every request and holds each cluster to its policy. Nothing is submitted.

Examples:
  hermes dag plan
  hermes dag plan dags/seattle.dag.yaml --env prod
  hermes dag plan dags/seattle.dag.yaml --task report`,
    )
    .action(async (paths: string[], options: DagPlanOptions) => {
      const { planDags } = await import('../plan-dags.ts');
      await planDags(cli(), paths, options);
    });
}
