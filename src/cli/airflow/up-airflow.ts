import { BUILD_INDEX, type BuildIndex } from '../../engines/airflow/compile/build-index.ts';
import type { Cli } from '../cli.ts';
import { counted } from '../table.ts';
import { signInLink } from '../workspace-sign-in.ts';
import { bringUp, type UpOptions } from './bring-up.ts';
import { environmentFlag } from './instances.ts';
import { repositoryDags } from './repository-dags.ts';
import { waitForDags, waitForPythonDags } from './wait-for-dags.ts';

/** Brings an Airflow up with the DAGs of the repository, and says where it is. */
export async function upAirflow(cli: Cli, options: UpOptions): Promise<void> {
  const dags = await repositoryDags(cli, options.env);
  const { airflow, api, dagFolder, workspace, embedded } = await bringUp(cli, dags, options);
  const index = JSON.parse(dags.build.get(BUILD_INDEX) ?? '') as BuildIndex;
  const ids = Object.keys(index.dags);
  await waitForDags(cli, api, dagFolder, index, onePerFile(index));
  const python = await waitForPythonDags(cli, api, dagFolder, dags.python.names);
  const all = [...ids, ...python.map(({ dagId }) => dagId)];
  const loginUrl = embedded === undefined ? undefined : signInLink(cli, embedded);
  cli.object({
    url: airflow.url,
    environment: options.env,
    airflow: airflow.version,
    started: airflow.started,
    dags: all,
    workspace: workspace.databricks.host,
    ...(loginUrl === undefined ? {} : { loginUrl }),
  });
  if (cli.quiet) cli.result(airflow.url);
  const verb = airflow.started.length === 0 ? 'is up' : 'started';
  cli.print(
    `Airflow ${airflow.version} ${verb} at ${cli.style('bold', airflow.url)} · ${options.env} · ${counted(all.length, 'DAG')}${inPython(python.length)}`,
  );
  cli.print(
    'Runs start when you ask for them, never by a schedule. Nobody but this machine reaches the page.',
  );
  if (loginUrl !== undefined)
    cli.print(
      `Links to runs need this one first (works once, within 10 minutes): ${cli.style('cyan', loginUrl)}`,
    );
  const flag = environmentFlag(options.env);
  cli.print(`Run one:  hermes airflow run ${all[0] ?? 'DAG'}${flag}`);
  cli.print(`Stop it:  hermes airflow down${flag}`);
}

function inPython(count: number): string {
  return count === 0 ? '' : `, ${count} of them in Python`;
}

/** A file is read as a whole: one of its DAGs stands for all. */
function onePerFile({ dags }: BuildIndex): readonly string[] {
  return [...new Map(Object.entries(dags).map(([id, { file }]) => [file, id])).values()];
}
