import type { Pin } from '../../artifacts/pin.ts';
import { ExitCode } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { followRun } from '../../engines/airflow/follow/follow-run.ts';
import { type AirflowRun, newRunId, triggerRun } from '../../engines/airflow/rest/dag-runs.ts';
import { getDag, unpauseDag } from '../../engines/airflow/rest/dags.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import type { Cli } from '../cli.ts';
import { reportRun } from '../runs/report-run.ts';
import { watchProgress } from '../runs/watch-progress.ts';
import { signInLink } from '../workspace-sign-in.ts';
import type { BroughtUp } from './bring-up.ts';
import { requireRun } from './known-run.ts';

/** Options of `hermes airflow run`. */
export interface AirflowRunOptions {
  readonly env: string;
  readonly param: readonly string[];
  readonly logicalDate?: Date;
  readonly runId?: string;
  /** Follows a run that is there already. */
  readonly follow?: string;
}

/** Triggers a DAG that Airflow knows, or finds the run that is to be followed. */
export async function startOnAirflow(
  cli: Cli,
  { api }: BroughtUp,
  dagId: string,
  params: JsonObject,
  { runId = newRunId(cli.clock.now()), logicalDate, follow }: AirflowRunOptions,
): Promise<AirflowRun> {
  const dag = await getDag(api, dagId, cli.signal);
  if (dag?.isPaused === true) {
    // Somebody has paused it on its page.
    await unpauseDag(api, dagId, cli.signal);
    cli.note(`DAG ${dagId} was paused: it is switched on again, or its run would never start.`);
  }
  if (follow !== undefined) return requireRun(cli, api, dagId, follow);
  const trigger = { conf: params, runId, ...(logicalDate === undefined ? {} : { logicalDate }) };
  return triggerRun(api, dagId, trigger, cli.signal);
}

/** Shows a run to its end and sets the exit code by its outcome. Ctrl-C leaves the run alone. */
export async function followOnAirflow(
  cli: Cli,
  { api, workspace, airflow, embedded }: BroughtUp,
  run: AirflowRun,
  environment: string,
  planned: (pins: ReadonlyMap<string, Pin>) => RunRecord,
): Promise<void> {
  const key = { dagId: run.dagId, runId: run.runId };
  const page = `${airflow.url}/dags/${encodeURIComponent(run.dagId)}/runs/${encodeURIComponent(run.runId)}`;
  cli.note(`Airflow runs it: ${page}`);
  if (cli.isInteractive && embedded?.started === true)
    cli.note(
      `Links to runs need this one first (works once, within 10 minutes): ${signInLink(cli, embedded)}`,
    );
  const bench = { ...workspace, api, clock: cli.clock, signal: cli.signal };
  try {
    const ended = await watchProgress(cli, (emit) => followRun(key, planned, { ...bench, emit }));
    reportRun(cli, ended, `hermes airflow logs ${run.dagId} ${run.runId}`);
  } catch (error) {
    if (!cli.signal.aborted) throw error;
    cli.note(
      `Stopped watching; the run goes on in Airflow. Follow it: hermes airflow run ${run.dagId} --env ${environment} --follow ${run.runId}`,
    );
    process.exitCode = ExitCode.workFailed;
  }
}
