import { z } from 'zod';
import type { JsonObject } from '../../../core/json.ts';
import type { AirflowApi } from './airflow-api.ts';

const instant = z
  .string()
  .nullable()
  .transform((text) => (text === null ? undefined : new Date(text)));

const runSchema = z
  .object({
    dag_id: z.string(),
    dag_run_id: z.string(),
    state: z.string(),
    run_type: z.string(),
    run_after: z.string(),
    logical_date: instant,
    queued_at: instant,
    start_date: instant,
    end_date: instant,
    conf: z.record(z.string(), z.unknown()).nullable(),
  })
  .transform((run) => ({
    dagId: run.dag_id,
    runId: run.dag_run_id,
    /** `queued`, `running`, `success`, `failed` */
    state: run.state,
    /** `manual`, `scheduled`, … */
    runType: run.run_type,
    runAfter: new Date(run.run_after),
    /** Undefined for most runs that were triggered. */
    logicalDate: run.logical_date,
    queuedAt: run.queued_at,
    startedAt: run.start_date,
    endedAt: run.end_date,
    conf: run.conf ?? {},
  }));

/** A DAG run as Airflow has it. */
export type AirflowRun = z.infer<typeof runSchema>;

/** What a run is triggered with. */
export interface Trigger {
  /** @defaultValue one that Airflow makes */
  readonly runId?: string;
  /** @defaultValue none, as in Airflow 3: `{{ ds }}` is then the day of the trigger in DAGs of Hermes */
  readonly logicalDate?: Date;
  /** Params over those of the DAG. */
  readonly conf?: JsonObject;
  readonly note?: string;
}

export async function triggerRun(
  api: AirflowApi,
  dagId: string,
  { runId, logicalDate, conf = {}, note }: Trigger,
  signal: AbortSignal,
): Promise<AirflowRun> {
  const body = {
    logical_date: logicalDate?.toISOString() ?? null,
    conf,
    ...(runId === undefined ? {} : { dag_run_id: runId }),
    ...(note === undefined ? {} : { note }),
  };
  const call = {
    method: 'POST',
    path: ['dags', dagId, 'dagRuns'],
    body,
    action: `trigger DAG ${dagId}`,
  } as const;
  return runSchema.parse(await api.send(call, signal));
}

export async function getRun(
  api: AirflowApi,
  dagId: string,
  runId: string,
  signal: AbortSignal,
): Promise<AirflowRun> {
  const path = ['dags', dagId, 'dagRuns', runId];
  return runSchema.parse(
    await api.send({ method: 'GET', path, action: `read run ${runId} of ${dagId}` }, signal),
  );
}

/** The latest runs first. @param dagId `~` = of all DAGs */
export async function listRuns(
  api: AirflowApi,
  dagId: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly AirflowRun[]> {
  const query = { limit, order_by: '-run_after' };
  const path = ['dags', dagId, 'dagRuns'];
  const answer = await api.send({ method: 'GET', path, query, action: 'list DAG runs' }, signal);
  return z.object({ dag_runs: z.array(runSchema) }).parse(answer).dag_runs;
}
