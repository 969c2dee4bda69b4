import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Pin } from '../../artifacts/pin.ts';
import { ConfigError, ExitCode, WorkFailedError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { LoadedDag } from '../../dag/load-dags.ts';
import { BUILD_INDEX, type BuildIndex } from '../../engines/airflow/compile/build-index.ts';
import { followRun } from '../../engines/airflow/follow/follow-run.ts';
import { type AirflowRun, getRun, newRunId, triggerRun } from '../../engines/airflow/rest/dag-runs.ts';
import { getDag, unpauseDag } from '../../engines/airflow/rest/dags.ts';
import { planRun } from '../../engines/local/plan/plan-run.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import type { Cli } from '../cli.ts';
import { askedRun, type StartOptions } from '../dags/asked-run.ts';
import { startOf } from '../dags/chosen-run.ts';
import { watchProgress } from '../runs/watch-progress.ts';
import { type BroughtUp, bringUp } from './bring-up.ts';
import { repositoryDags } from './repository-dags.ts';
import { waitForDags } from './wait-for-dags.ts';

/** Options of `hermes airflow run`. */
export interface AirflowRunOptions {
  readonly env: string;
  readonly param: readonly string[];
  readonly logicalDate?: Date;
  readonly runId?: string;
  /** Follows a run that is there already. */
  readonly follow?: string;
}

/** Triggers a DAG on the Airflow of this machine, shows the run and sets the exit code by its outcome. */
export async function runOnAirflow(cli: Cli, target: string, options: AirflowRunOptions): Promise<void> {
  const file = isFile(cli, target) ? target : undefined;
  const dags = await repositoryDags(cli, options.env, file);
  const loaded = chosen(cli, dags.dags, target);
  const start = startOf(loaded, { ...options, set: [] }, { parallel: 1 });
  const up = await bringUp(cli, dags, options);
  const { dagId } = loaded.dag;
  const index = JSON.parse(dags.build.get(BUILD_INDEX) ?? '') as BuildIndex;
  await waitForDags(cli, up.api, up.dagFolder, index, [dagId]);
  await switchOn(cli, up, dagId);
  const run =
    options.follow === undefined
      ? await triggerRun(up.api, dagId, triggerOf(cli, start, options), cli.signal)
      : await getRun(up.api, dagId, options.follow, cli.signal);
  await follow(cli, run, start, up);
}

/** Somebody may have paused it on its page. */
async function switchOn(cli: Cli, { api }: BroughtUp, dagId: string): Promise<void> {
  const dag = await getDag(api, dagId, cli.signal);
  if (dag?.isPaused !== true) return;
  await unpauseDag(api, dagId, cli.signal);
  cli.note(`DAG ${dagId} was paused: it is switched on again, or its run would never start.`);
}

function isFile(cli: Cli, target: string): boolean {
  return /\.dag\.(ts|ya?ml)$/.test(target) || existsSync(resolve(cli.cwd, target));
}

function chosen(cli: Cli, dags: readonly LoadedDag[], target: string): LoadedDag {
  const path = resolve(cli.cwd, target);
  const ids = dags.map(({ dag }) => dag.dagId);
  const found = dags.filter(({ dag, file }) => dag.dagId === target || file === path);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const inside = found.map(({ dag }) => dag.dagId);
  throw new ConfigError(
    first === undefined
      ? `There is no DAG ${target} here. DAGs: ${ids.join(', ') || 'none'}.`
      : `Cannot run ${target}: it holds ${inside.length} DAGs: ${inside.join(', ')}`,
    {
      code: 'HERMES_WHICH_DAG',
      nextStep: (first === undefined ? didYouMean(target, ids) : undefined) ?? 'Name one by its id.',
    },
  );
}

function triggerOf(cli: Cli, { params }: StartOptions, options: AirflowRunOptions) {
  const { runId = newRunId(cli.clock.now()), logicalDate } = options;
  return {
    conf: params,
    runId,
    ...(logicalDate === undefined ? {} : { logicalDate }),
  };
}

async function follow(cli: Cli, run: AirflowRun, start: StartOptions, up: BroughtUp): Promise<void> {
  const { api, workspace, airflow } = up;
  const key = { dagId: run.dagId, runId: run.runId };
  const page = `${airflow.url}/dags/${encodeURIComponent(run.dagId)}/runs/${encodeURIComponent(run.runId)}`;
  cli.note(`Airflow runs it: ${page}`);
  try {
    const ended = await watchProgress(cli, (emit) =>
      followRun(key, recorder(cli, run, start, workspace.databricks.host), {
        ...workspace,
        api,
        clock: cli.clock,
        signal: cli.signal,
        emit,
      }),
    );
    report(cli, ended);
  } catch (error) {
    if (!cli.signal.aborted) throw error;
    cli.note(
      `Stopped watching; the run goes on in Airflow. Follow it: hermes airflow run ${run.dagId} --env ${start.environment} --follow ${run.runId}`,
    );
    process.exitCode = ExitCode.workFailed;
  }
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

/** The progress has shown what failed; with `--quiet` the error does. */
function report(cli: Cli, record: RunRecord): void {
  if (cli.quiet && record.state === 'success') cli.result(record.runId);
  if (record.state === 'success') return;
  if (!cli.quiet) {
    process.exitCode = ExitCode.workFailed;
    return;
  }
  const failed = record.tasks.filter(({ state }) => state === 'failed').map(({ taskId }) => taskId);
  throw new WorkFailedError(
    `DAG run ${record.runId} of ${record.dagId} failed: ${failed.join(', ') || 'not finished'}`,
    {
      code: 'HERMES_RUN_FAILED',
      nextStep: `See what happened with: hermes airflow logs ${record.dagId} ${record.runId}`,
    },
  );
}
