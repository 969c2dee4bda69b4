import { join } from 'node:path';
import { markHome } from '../../config/home.ts';
import { makeFolder } from '../../core/make-folder.ts';
import { applyBuild, readBuildFolder } from '../../engines/airflow/compile/build-folder.ts';
import { compareBuilds } from '../../engines/airflow/compile/compare-builds.ts';
import { claimInstance } from '../../engines/airflow/local/instance-repository.ts';
import { applyPythonFiles } from '../../engines/airflow/local/python-files.ts';
import { type RunningAirflow, startAirflow } from '../../engines/airflow/local/start-airflow.ts';
import { type AirflowApi, openAirflow } from '../../engines/airflow/rest/airflow-api.ts';
import { importConnections, importVariables } from '../../engines/airflow/rest/bulk-import.ts';
import { prepareSurroundings } from '../../engines/local/plan/prepare-surroundings.ts';
import type { ReachableWorkspace } from '../../workspace/server/launch.ts';
import type { Cli } from '../cli.ts';
import { connectWorkspace, type WorkspaceLink } from '../connect-workspace.ts';
import { embeddedWorkspace } from '../embedded-workspace.ts';
import { airflowConnections } from './airflow-connections.ts';
import { checkDatabase } from './check-database.ts';
import { environmentFlag } from './instances.ts';
import type { RepositoryDags } from './repository-dags.ts';
import { repositoryFolder } from './repository-folder.ts';

/** Which Airflow is wanted. */
export interface UpOptions {
  readonly env: string;
  readonly database?: string;
  readonly port?: number;
}

/** An Airflow with the DAGs, variables and connections of an environment. */
export interface BroughtUp {
  readonly airflow: RunningAirflow;
  readonly api: AirflowApi;
  readonly workspace: WorkspaceLink;
  /** Where the workspace is one of this machine. */
  readonly embedded?: ReachableWorkspace;
  /** The folder that Airflow loads. */
  readonly dagFolder: string;
}

/** Starts what is missing, hands over the DAGs of the repository and everything that they need in their environment. */
export async function bringUp(cli: Cli, dags: RepositoryDags, options: UpOptions): Promise<BroughtUp> {
  const { environments, build, python } = dags;
  const [first] = environments;
  if (first === undefined) throw new Error('DAGs without tasks');
  if (options.database !== undefined) checkDatabase(cli, options.env, options.database);
  markHome(cli.home);
  const folder = cli.home.airflow(options.env);
  const dagFolder = join(folder, 'dags');
  makeFolder(folder, 0o700);
  claim(cli, folder, options.env);
  await applyBuild(
    dagFolder,
    build,
    compareBuilds(build, readBuildFolder(dagFolder, build, dagFolder), dagFolder),
  );
  await applyPythonFiles(folder, python, build.keys());
  const [{ workspace, embedded }, airflow] = await Promise.all([
    openWorkspace(cli, first),
    startAirflow({
      cacheFolder: cli.home.cache,
      env: cli.env,
      signal: cli.signal,
      clock: cli.clock,
      onStep: (message) => cli.note(message),
      folder,
      title: `Hermes ${options.env}`,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.database === undefined ? {} : { database: options.database }),
    }),
  ]);
  const { variables } = await prepareSurroundings(environments, workspace.databricks.policies, cli.signal);
  const api = openAirflow({ url: airflow.url, signIn: 'everybody' }, cli.clock);
  await importVariables(api, variables, cli.signal);
  await importConnections(api, airflowConnections(cli, environments, embedded), cli.signal);
  return { airflow, api, workspace, dagFolder, ...(embedded === undefined ? {} : { embedded }) };
}

/** One that is up for another repository stays with it; one that is down changes hands. */
function claim(cli: Cli, folder: string, environment: string): void {
  const down = `hermes airflow down${environmentFlag(environment)}`;
  const before = claimInstance(folder, repositoryFolder(cli.cwd), down);
  if (before !== undefined)
    cli.note(`This Airflow had the DAGs of ${before}; it gets those of this repository.`);
}

/** The embedded workspace stays: Airflow has its address, and may use it when no command of ours runs. */
async function openWorkspace(cli: Cli, environment: { readonly name: string; readonly embedded: boolean }) {
  const embedded = environment.embedded ? await embeddedWorkspace(cli, { stays: true }) : undefined;
  if (embedded?.started === true) cli.note(`Started the embedded workspace: ${embedded.url}`);
  return { workspace: await connectWorkspace(cli, environment), embedded };
}
