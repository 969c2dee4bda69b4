import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { parsePort } from './workspace-serve.ts';

interface Options {
  readonly env: string;
  readonly database?: string;
  readonly port?: string;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--env <name>', 'environment whose DAGs, variables and workspace it gets', 'dev')
    .option(
      '--database <url>',
      'postgresql://user:password@host/name, or sqlite (default: that of last time, else sqlite)',
    )
    .option('--port <number>', 'a port that must be free (default: that of last time, else 8080)')
    .addHelpText(
      'after',
      `
Compiles the DAGs, starts Airflow and, where the environment is of this machine, its workspace; sets variables and
connections. Installs Airflow below .hermes the first time. Again: hands over what changed, and starts what has died.

Examples:
  hermes airflow up
  hermes airflow up --env prod
  hermes airflow up --database postgresql://airflow:secret@localhost/airflow`,
    )
    .action(async ({ env, database, port }: Options) => {
      const { upAirflow } = await import('../airflow/up-airflow.ts');
      await upAirflow(cli(), {
        env,
        ...(database === undefined ? {} : { database }),
        ...(port === undefined ? {} : { port: parsePort(port) }),
      });
    });
}
