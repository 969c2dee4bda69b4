import { ConfigError } from '../../core/errors.ts';
import { databaseOf } from '../../engines/airflow/local/instance-secrets.ts';
import type { Cli } from '../cli.ts';
import { instanceNames } from './instances.ts';

/**
 * Refuses what cannot be the database of an environment's Airflow. What is given may hold a password: it is not repeated.
 * @throws ConfigError
 */
export function checkDatabase(cli: Cli, environment: string, database: string): void {
  if (database === 'sqlite') return;
  const url = URL.canParse(database) ? new URL(database) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2)
    throw new ConfigError('Cannot use --database: it must be the URL of a PostgreSQL database, or sqlite.', {
      code: 'HERMES_AIRFLOW_DATABASE',
      nextStep:
        'For example: postgresql://airflow@localhost:5432/airflow, an empty one for this Airflow alone.',
    });
  const other = instanceNames(cli).find(
    (name) => name !== environment && databaseOf(cli.home.airflow(name)) === database,
  );
  if (other === undefined) return;
  throw new ConfigError(
    `Cannot use --database: it is that of the Airflow of ${other}, which has other variables.`,
    {
      code: 'HERMES_AIRFLOW_DATABASE',
      facts: { host: url.host, name: url.pathname.slice(1) },
      nextStep: 'Each environment needs a database of its own.',
    },
  );
}
