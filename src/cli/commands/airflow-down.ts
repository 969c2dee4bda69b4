import type { Command } from 'commander';
import { requireEnvironment } from '../../config/resolve-environment.ts';
import { stopAirflow } from '../../engines/airflow/local/stop-airflow.ts';
import { instanceNames, noInstance } from '../airflow/instances.ts';
import type { Cli } from '../cli.ts';

interface Options {
  readonly env: string;
  readonly all?: true;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--env <name>', 'environment whose Airflow is stopped', 'dev')
    .option('--all', 'those of all environments')
    .addHelpText(
      'after',
      `
Its database stays: runs that are going go on when it is up again. The embedded workspace stays, too.

Examples:
  hermes airflow down
  hermes airflow down --all`,
    )
    .action(async (options: Options) => down(cli(), options));
}

async function down(cli: Cli, { env, all }: Options): Promise<void> {
  const known = instanceNames(cli);
  if (all !== true && !known.includes(env)) requireEnvironment(env, cli.cwd);
  for (const environment of all === true ? known : [env]) {
    const stopped = await stopAirflow(cli.home.airflow(environment), cli);
    cli.object({ environment, stopped });
    if (stopped) cli.print(`Airflow of ${environment} stopped.`);
    else
      cli.print(
        known.includes(environment) ? `Airflow of ${environment} is not up.` : noInstance(cli, environment),
      );
  }
}
