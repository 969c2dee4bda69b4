import { resolve } from 'node:path';
import { planPythonRun } from '../../engines/airflow/follow/plan-python-run.ts';
import { listDagTasks } from '../../engines/airflow/rest/dag-tasks.ts';
import type { KnownDag } from '../../engines/airflow/rest/dags.ts';
import type { Cli } from '../cli.ts';
import { parseParams } from '../dags/chosen-run.ts';
import { bringUp } from './bring-up.ts';
import { type AirflowRunOptions, followOnAirflow, startOnAirflow } from './follow-on-airflow.ts';
import type { RepositoryDags } from './repository-dags.ts';
import { waitForPythonDags } from './wait-for-dags.ts';
import { whichDag } from './which-dag.ts';

/** Runs a DAG that is written in Python: what it holds is known from Airflow alone. @param target Its id, or its file */
export async function runPythonDag(
  cli: Cli,
  target: string,
  options: AirflowRunOptions,
  dags: RepositoryDags,
): Promise<void> {
  const params = parseParams(options.param);
  const up = await bringUp(cli, dags, options);
  const known = await waitForPythonDags(cli, up.api, up.dagFolder, dags.python.names);
  const { dagId, file } = chosen(cli, dags, known, target);
  const run = await startOnAirflow(cli, up, dagId, params, options);
  const tasks = await listDagTasks(up.api, dagId, cli.signal);
  const [environment] = dags.environments.toReversed();
  const record = {
    ...{ run, tasks },
    environment: options.env,
    embedded: environment?.embedded === true,
    host: up.workspace.databricks.host,
    team: environment?.team ?? '',
    folder: cli.cwd,
    source: `dags/${file}`,
    startedAt: run.queuedAt ?? run.startedAt ?? cli.clock.now(),
  };
  await followOnAirflow(cli, up, run, options.env, (pins) => planPythonRun(record, pins));
}

function chosen(cli: Cli, dags: RepositoryDags, known: readonly KnownDag[], target: string): KnownDag {
  const path = resolve(cli.cwd, target);
  const found = known.filter(
    ({ dagId, file }) => dagId === target || resolve(dags.python.folder, file) === path,
  );
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const ids = [...dags.dags.map(({ dag }) => dag.dagId), ...known.map(({ dagId }) => dagId)];
  throw whichDag(
    target,
    ids,
    found.map(({ dagId }) => dagId),
  );
}
