import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { type AirflowStatus, airflowStatus } from '../../engines/airflow/local/airflow-status.ts';
import { type AirflowApi, openAirflow } from '../../engines/airflow/rest/airflow-api.ts';
import type { Cli } from '../cli.ts';

/** Environments for which an Airflow was ever started here. */
export function instanceNames({ home }: Cli): readonly string[] {
  const folder = dirname(home.airflow('dev'));
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/**
 * The Airflow of an environment, which need not be up.
 * @throws ConfigError when none was ever started for it
 */
export async function requireInstance(cli: Cli, environment: string): Promise<AirflowStatus> {
  const status = await airflowStatus(cli.home.airflow(environment), cli.signal);
  if (status !== undefined) return status;
  throw new ConfigError(noInstance(cli, environment), {
    code: 'HERMES_AIRFLOW_NONE',
    nextStep:
      didYouMean(environment, instanceNames(cli)) ??
      `Start it: hermes airflow up${environmentFlag(environment)}`,
  });
}

/** Says that no Airflow was ever started for an environment, and for which ones there is one. */
export function noInstance(cli: Cli, environment: string): string {
  const names = instanceNames(cli);
  const known =
    names.length === 0 ? 'none was started in this folder' : `there is one of ${names.join(', ')}`;
  return `There is no Airflow of ${environment} on this machine: ${known}.`;
}

/** A client of the Airflow of an environment. @throws ConfigError when it is not up */
export async function requireApi(cli: Cli, environment: string): Promise<AirflowApi> {
  const { url, health } = await requireInstance(cli, environment);
  if (health !== undefined) return openAirflow({ url, signIn: 'everybody' }, cli.clock);
  throw new ConfigError(`The Airflow of ${environment} is not up.`, {
    code: 'HERMES_AIRFLOW_DOWN',
    nextStep: `Start it: hermes airflow up${environmentFlag(environment)}`,
  });
}

/** What stands behind a command for another environment than `dev`. */
export function environmentFlag(environment: string): string {
  return environment === 'dev' ? '' : ` --env ${environment}`;
}
