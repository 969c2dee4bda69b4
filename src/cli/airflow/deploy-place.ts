import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dagsUrlProblem } from '../../config/airflow-settings.ts';
import { readHermesYaml } from '../../config/hermes-yaml.ts';
import { markHome } from '../../config/home.ts';
import { requireEnvironment, resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import type { DeployHome } from '../../engines/airflow/deploy/deploy-home.ts';
import { openHome } from '../../engines/airflow/deploy/open-home.ts';
import type { Cli } from '../cli.ts';
import { runGit } from './run-git.ts';

/** Options by which every command about deploys finds its place. */
export interface PlaceOptions {
  readonly env: string;
  readonly team?: string;
  readonly to?: string;
}

/** Where a team's DAGs of an environment are deployed. */
export interface DeployPlace {
  readonly home: DeployHome;
  readonly team: string;
  readonly environment: string;
  /** No file names a place: a folder of this machine. */
  readonly isEmbedded: boolean;
  /** Address of Airflow's REST API; absent when nothing names one. */
  readonly api?: string;
}

/**
 * Finds the place: the option `--to`, else `airflow.<environment>.dags` of hermes.yaml, else a folder of this machine.
 * @throws ConfigError for an unknown environment and for an address that is none
 */
export async function openDeployPlace(cli: Cli, { env, team, to }: PlaceOptions): Promise<DeployPlace> {
  requireEnvironment(env, cli.cwd);
  const settings = readHermesYaml(cli.cwd)?.airflow[env];
  const url = to === undefined ? (settings?.dags ?? embeddedUrl(cli, env)) : urlOf(cli, to);
  const home = await openHome(url, { git: runGit(cli.env), clock: cli.clock });
  return {
    home,
    team: resolveTeam({ folder: cli.cwd, ...(team === undefined ? {} : { team }) }),
    environment: env,
    isEmbedded: to === undefined && settings?.dags === undefined,
    ...(settings?.api === undefined ? {} : { api: settings.api }),
  };
}

function embeddedUrl(cli: Cli, environment: string): string {
  markHome(cli.home);
  return pathToFileURL(cli.home.airflowDags(environment)).href;
}

/** A folder may be given as a path. */
function urlOf(cli: Cli, to: string): string {
  const url = /^[a-z+0-9]+:\/\//i.test(to) ? to : pathToFileURL(resolve(cli.cwd, to)).href;
  const problem = dagsUrlProblem(url) ?? fileProblem(resolve(cli.cwd, to));
  if (problem === undefined) return url;
  throw new ConfigError(`Cannot deploy there: --to ${problem}`, { code: 'HERMES_DEPLOY_PLACE' });
}

function fileProblem(path: string): string | undefined {
  return existsSync(path) && !statSync(path).isDirectory() ? `${JSON.stringify(path)} is a file.` : undefined;
}
