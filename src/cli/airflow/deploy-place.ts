import { existsSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { dagsUrlProblem } from '../../config/airflow-settings.ts';
import { readHermesYaml } from '../../config/hermes-yaml.ts';
import { markHome } from '../../config/home.ts';
import { requireEnvironment, resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import type { DeployHome } from '../../engines/airflow/deploy/deploy-home.ts';
import { openHome } from '../../engines/airflow/deploy/open-home.ts';
import type { Cli } from '../cli.ts';
import { shellWord } from '../shell-word.ts';
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
  /** Options by which another command finds the same place: ` --env dev --to s3://dags`. */
  readonly where: string;
}

/**
 * Finds the place: the option `--to`, else `airflow.<environment>.dags` of hermes.yaml, else a folder of this machine.
 * @throws ConfigError for an unknown environment and for an address that is none
 */
export async function openDeployPlace(cli: Cli, options: PlaceOptions): Promise<DeployPlace> {
  const { env, team, to } = options;
  requireEnvironment(env, cli.cwd);
  const settings = readHermesYaml(cli.cwd)?.airflow[env];
  const named = to === undefined ? settings?.dags : urlOf(cli, to);
  if (named !== undefined) await refuseSources(cli, named);
  const url = named ?? embeddedUrl(cli, env);
  const home = await openHome(url, { git: runGit(cli.env), clock: cli.clock });
  return {
    home,
    team: resolveTeam({ folder: cli.cwd, ...(team === undefined ? {} : { team }) }),
    environment: env,
    isEmbedded: named === undefined,
    where: placeWords(options),
    ...(settings?.api === undefined ? {} : { api: settings.api }),
  };
}

/** The options of {@link PlaceOptions} as a person can type them: ` --env dev --to s3://dags`. */
export function placeWords({ env, team, to }: PlaceOptions): string {
  const given = Object.entries({ env, to, team }).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => ` --${name} ${shellWord(value ?? '')}`).join('');
}

/** A deploy writes files of its own among the DAG files, which git then takes for the team's. */
async function refuseSources(cli: Cli, url: string): Promise<void> {
  if (!url.startsWith('file:')) return;
  const path = fileURLToPath(url);
  const isAmongDags = !relative(join(cli.cwd, 'dags'), path).startsWith('..');
  if (!isAmongDags && !(await isUnderGit(cli, path))) return;
  throw new ConfigError(
    `Cannot deploy there: ${JSON.stringify(path)} is among the files of this repository.`,
    {
      code: 'HERMES_DEPLOY_PLACE',
      nextStep: 'Name a folder outside of the repository, or one that its .gitignore names.',
    },
  );
}

/** https://git-scm.com/docs/git-check-ignore: 1 = not ignored, 128 = outside of the repository, or there is none. */
async function isUnderGit(cli: Cli, path: string): Promise<boolean> {
  try {
    const words = ['check-ignore', '--quiet', '--', join(path, 'dags')];
    return (await runGit(cli.env)(cli.cwd, words, { signal: cli.signal })).exitCode === 1;
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'HERMES_NO_GIT') return false;
    throw error;
  }
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
