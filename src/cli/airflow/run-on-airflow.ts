import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Pin } from '../../artifacts/pin.ts';
import type { LoadedDag } from '../../dag/load-dags.ts';
import { BUILD_INDEX, type BuildIndex } from '../../engines/airflow/compile/build-index.ts';
import type { AirflowRun } from '../../engines/airflow/rest/dag-runs.ts';
import { planRun } from '../../engines/local/plan/plan-run.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import type { Cli } from '../cli.ts';
import { askedRun, type StartOptions } from '../dags/asked-run.ts';
import { startOf } from '../dags/chosen-run.ts';
import { bringUp } from './bring-up.ts';
import { type AirflowRunOptions, followOnAirflow, startOnAirflow } from './follow-on-airflow.ts';
import { repositoryDags } from './repository-dags.ts';
import { runPythonDag } from './run-python-dag.ts';
import { waitForDags } from './wait-for-dags.ts';
import { whichDag } from './which-dag.ts';

/** Triggers a DAG on the Airflow of this machine, shows the run and sets the exit code by its outcome. */
export async function runOnAirflow(cli: Cli, target: string, options: AirflowRunOptions): Promise<void> {
  const dags = await repositoryDags(cli, options.env, isFile(cli, target) ? target : undefined);
  const loaded = chosen(cli, dags.dags, target, dags.python.names.length > 0);
  if (loaded === undefined) return runPythonDag(cli, target, options, dags);
  const start = startOf(loaded, { ...options, set: [] }, { parallel: 1 });
  const up = await bringUp(cli, dags, options);
  const { dagId } = loaded.dag;
  const index = JSON.parse(dags.build.get(BUILD_INDEX) ?? '') as BuildIndex;
  await waitForDags(cli, up.api, up.dagFolder, index, [dagId]);
  const run = await startOnAirflow(cli, up, dagId, start.params, options);
  const { host } = up.workspace.databricks;
  await followOnAirflow(cli, up, run, options.env, recorder(cli, run, start, host));
}

/** A file of DAGs that Hermes compiles. */
function isFile(cli: Cli, target: string): boolean {
  if (target.endsWith('.py')) return false;
  return /\.dag\.(ts|ya?ml)$/.test(target) || existsSync(resolve(cli.cwd, target));
}

/** Undefined for one that may stand in a Python file. */
function chosen(
  cli: Cli,
  dags: readonly LoadedDag[],
  target: string,
  hasPython: boolean,
): LoadedDag | undefined {
  const path = resolve(cli.cwd, target);
  const ids = dags.map(({ dag }) => dag.dagId);
  const found = dags.filter(({ dag, file }) => dag.dagId === target || file === path);
  const [first] = found;
  if (found.length === 1 || (first === undefined && hasPython)) return first;
  throw whichDag(
    target,
    ids,
    found.map(({ dag }) => dag.dagId),
  );
}

/** Makes the record that the progress shows. What has no pin yet, or never gets one, is shown without. */
function recorder(
  cli: Cli,
  run: AirflowRun,
  start: StartOptions,
  host: string,
): (pins: ReadonlyMap<string, Pin>) => RunRecord {
  const logicalDate = run.logicalDate ?? run.runAfter;
  const { request } = askedRun(cli, { ...start, runId: run.runId, logicalDate });
  const begun = run.queuedAt ?? run.startedAt ?? cli.clock.now();
  return (pins) => {
    const plans = request.plans.map(({ artifacts, ...plan }) =>
      artifacts !== undefined && pins.has(plan.taskId) ? { ...plan, artifacts } : plan,
    );
    return planRun({ ...request, plans, host }, pins, begun, { pid: 0, startedAt: '' });
  };
}
