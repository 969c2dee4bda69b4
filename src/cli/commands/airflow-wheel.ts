import type { Command } from 'commander';
import { airflowWheel } from '../../../ci/airflow-wheel.ts';
import type { Cli } from '../cli.ts';
import { writeWheel } from '../write-wheel.ts';

const REMARK =
  'Install it beside Airflow; DAGs in Python then say: from hermes_airflow import HermesOperator.';

export function configure(command: Command, openCli: () => Cli): void {
  command
    .option('--out <folder>', 'where to put it', '.')
    .addHelpText(
      'after',
      `
DAGs that Hermes compiles need nothing beside Airflow and its providers: this is for DAGs written in Python.

Examples:
  hermes airflow wheel --out image/
  python3 -m pip install --no-deps "$(hermes airflow wheel --quiet)"`,
    )
    .action(async ({ out }: { out: string }) =>
      writeWheel(openCli(), airflowWheel(), out, 'HERMES_AIRFLOW_WHEEL_FOLDER', REMARK),
    );
}
