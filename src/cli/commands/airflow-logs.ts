import type { Command } from 'commander';
import type { LogOptions } from '../airflow/print-airflow-log.ts';
import type { Cli } from '../cli.ts';
import { parseCount } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<dag>', 'a DAG; or a process: api-server, scheduler, dag-processor, triggerer')
    .argument('[run]', 'a run of it, by its id (default: the last one)')
    .argument('[task]', 'a task of the run (default: all of them)')
    .option('--env <name>', 'environment whose Airflow is meant', 'dev')
    .option('--follow', 'go on until the task ends; of a process, until Ctrl-C')
    .option('--attempt <n>', 'which attempt of the task (default: the last one)', parseCount)
    .option('--all', 'also how Airflow sets a task up and takes it down')
    .addHelpText(
      'after',
      `
Shows what Airflow itself says. What a script printed: hermes runs logs

Examples:
  hermes airflow logs seattle_weather
  hermes airflow logs seattle_weather last report --follow
  hermes airflow logs scheduler`,
    )
    .action(
      async (subject: string, run: string | undefined, task: string | undefined, options: LogOptions) => {
        const { printAirflowLog } = await import('../airflow/print-airflow-log.ts');
        await printAirflowLog(cli(), { subject, run, task }, options);
      },
    );
}
