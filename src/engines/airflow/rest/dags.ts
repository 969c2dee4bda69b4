import { z } from 'zod';
import { ConfigError } from '../../../core/errors.ts';
import type { AirflowApi } from './airflow-api.ts';
import { listAll } from './list-all.ts';

const dagSchema = z
  .object({
    dag_id: z.string(),
    is_paused: z.boolean(),
    is_stale: z.boolean(),
    last_parsed_time: z.string().nullable(),
    relative_fileloc: z.string().nullable(),
    has_import_errors: z.boolean(),
  })
  .transform((dag) => ({
    dagId: dag.dag_id,
    isPaused: dag.is_paused,
    /** Its file does not hold it any more. */
    isStale: dag.is_stale,
    ...(dag.last_parsed_time === null ? {} : { parsedAt: new Date(dag.last_parsed_time) }),
    /** Relative to the folder or bundle. */
    file: dag.relative_fileloc ?? '',
    hasImportErrors: dag.has_import_errors,
  }));

/** A DAG as Airflow has it. */
export type KnownDag = z.infer<typeof dagSchema>;

/** Undefined for a DAG that Airflow has never read. */
export async function getDag(
  api: AirflowApi,
  dagId: string,
  signal: AbortSignal,
): Promise<KnownDag | undefined> {
  try {
    const call = { method: 'GET', path: ['dags', dagId], action: `read DAG ${dagId}` } as const;
    return dagSchema.parse(await api.send(call, signal));
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'HERMES_AIRFLOW_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Those that Airflow finds in its files at present. */
export function listDags(api: AirflowApi, signal: AbortSignal): Promise<readonly KnownDag[]> {
  return listAll(api, { path: ['dags'], action: 'list DAGs' }, 'dags', dagSchema, signal);
}

/** Ends the pause of a DAG: a paused one starts no tasks, not even those of a run that was triggered by hand. */
export async function unpauseDag(api: AirflowApi, dagId: string, signal: AbortSignal): Promise<void> {
  const action = `switch on DAG ${dagId}`;
  const body = { is_paused: false };
  await api.send({ method: 'PATCH', path: ['dags', dagId], body, action, repeatable: true }, signal);
}
