import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ConfigError } from '../../../core/errors.ts';
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
  /** Must be free: by it a trigger whose reply was lost is found again. {@link newRunId} makes one. */
  readonly runId: string;
  /** @defaultValue none, as in Airflow 3: `{{ ds }}` is then the day of the trigger in DAGs of Hermes */
  readonly logicalDate?: Date;
  /** Params over those of the DAG. */
  readonly conf?: JsonObject;
  readonly note?: string;
}

/** An id as Airflow makes them for runs that somebody starts: `manual__2026-11-21T06:00:00.000Z_1f0c9d2e`. */
export function newRunId(now: Date): string {
  return `manual__${now.toISOString()}_${randomBytes(4).toString('hex')}`;
}

/**
 * Starts a run, once: after a reply that was lost or bad, the run of this id is the one that was asked for.
 * @throws ConfigError when there is a run of this id already
 */
export async function triggerRun(
  api: AirflowApi,
  dagId: string,
  { runId, logicalDate, conf = {}, note }: Trigger,
  signal: AbortSignal,
): Promise<AirflowRun> {
  const body = {
    logical_date: logicalDate?.toISOString() ?? null,
    conf,
    dag_run_id: runId,
    ...(note === undefined ? {} : { note }),
  };
  const call = {
    method: 'POST',
    path: ['dags', dagId, 'dagRuns'],
    body,
    action: `trigger DAG ${dagId}`,
    repeatable: true,
  } as const;
  try {
    return runSchema.parse(await api.send(call, signal));
  } catch (error) {
    const isThere = error instanceof ConfigError && error.code === 'HERMES_AIRFLOW_CONFLICT';
    if (!isThere || error.facts.tries === undefined) throw error;
    const run = await getRun(api, dagId, runId, signal);
    if (isDeepStrictEqual(run.conf, conf)) return run;
    throw error;
  }
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
