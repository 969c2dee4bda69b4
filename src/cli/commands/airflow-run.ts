import type { Command } from 'commander';
import type { AirflowRunOptions } from '../airflow/follow-on-airflow.ts';
import type { Cli } from '../cli.ts';
import { collectText, parseInstant, parseRunId } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<dag>', 'id of a DAG, or a *.dag.ts, *.dag.yaml or *.py file')
    .option('--env <name>', 'environment to run in', 'dev')
    .option('--param <name=value>', 'a value of {{ params.name }}; may be repeated', collectText, [])
    .option('--logical-date <date>', 'the day that {{ ds }} means (default: the present time)', parseInstant)
    .option('--run-id <id>', 'name of the run (default: one that Airflow makes)', parseRunId)
    .option('--follow <run>', 'show a run that is there already, instead of another one')
    .addHelpText(
      'after',
      `
Compiles again, waits until Airflow has read it, triggers the DAG and follows the run. Starts Airflow when it is not up.
Ctrl-C leaves the run alone.

Examples:
  hermes airflow run seattle_weather
  hermes airflow run dags/seattle.dag.yaml --param city=Seattle
  hermes airflow run seattle_weather --follow manual__2026-11-21T06:00:00+00:00`,
    )
    .action(async (dag: string, options: AirflowRunOptions) => {
      const { runOnAirflow } = await import('../airflow/run-on-airflow.ts');
      await runOnAirflow(cli(), dag, options);
    });
}
