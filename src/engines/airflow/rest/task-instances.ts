import { z } from 'zod';
import type { AirflowApi } from './airflow-api.ts';
import { listAll } from './list-all.ts';

const instant = z
  .string()
  .nullable()
  .transform((text) => (text === null ? undefined : new Date(text)));

const instanceSchema = z
  .object({
    task_id: z.string(),
    map_index: z.number(),
    state: z.string().nullable(),
    try_number: z.number(),
    max_tries: z.number(),
    start_date: instant,
    end_date: instant,
    queued_when: instant,
    operator: z.string().nullable(),
  })
  .transform((task) => ({
    taskId: task.task_id,
    /** Of a mapped task, counted from 0; -1 of any other, and of one that is not expanded yet. */
    mapIndex: task.map_index,
    /** `queued`, `running`, `deferred`, `success`, …; undefined while it is not looked at. */
    state: task.state ?? undefined,
    /** Counts from 1; 0 before the first one. */
    attempt: task.try_number,
    /** Attempts after the first one. */
    retries: task.max_tries,
    startedAt: task.start_date,
    endedAt: task.end_date,
    queuedAt: task.queued_when,
    operator: task.operator ?? '',
  }));

/** A task of a run as Airflow has it. */
export type TaskInstance = z.infer<typeof instanceSchema>;

/** Which run is meant. */
export interface RunKey {
  readonly dagId: string;
  readonly runId: string;
}

export function listTaskInstances(
  api: AirflowApi,
  run: RunKey,
  signal: AbortSignal,
): Promise<readonly TaskInstance[]> {
  const call = { path: [...pathOf(run), 'taskInstances'], action: `read the tasks of ${run.runId}` };
  return listAll(api, call, 'task_instances', instanceSchema, signal);
}

/** Marks a task; one that is going is ended, with its run on Databricks. */
export async function patchTaskInstance(
  api: AirflowApi,
  run: RunKey,
  taskId: string,
  state: 'success' | 'failed' | 'skipped',
  signal: AbortSignal,
): Promise<void> {
  const path = [...pathOf(run), 'taskInstances', taskId];
  const action = `mark task ${taskId} of ${run.runId} as ${state}`;
  const body = { new_state: state };
  await api.send({ method: 'PATCH', path, body, action, repeatable: true }, signal);
}

/** Lets tasks of a run start again, whatever became of them; those that are going are ended. */
export async function clearTasks(
  api: AirflowApi,
  { dagId, runId }: RunKey,
  taskIds: readonly string[],
  signal: AbortSignal,
  options: { readonly includeDownstream?: boolean } = {},
): Promise<void> {
  const body = {
    dry_run: false,
    dag_run_id: runId,
    task_ids: taskIds,
    only_failed: false,
    reset_dag_runs: true,
    include_downstream: options.includeDownstream === true,
  };
  const action = `clear ${taskIds.join(', ')} of ${runId}`;
  await api.send({ method: 'POST', path: ['dags', dagId, 'clearTaskInstances'], body, action }, signal);
}

/** Links of a task by their labels; null for one that leads nowhere yet. @param mapIndex Of a mapped task */
export async function taskLinks(
  api: AirflowApi,
  run: RunKey,
  taskId: string,
  signal: AbortSignal,
  mapIndex = -1,
): Promise<Readonly<Record<string, string | null>>> {
  const path = [...pathOf(run), 'taskInstances', taskId, 'links'];
  const call = {
    method: 'GET',
    path,
    query: { map_index: mapIndex },
    action: `read the links of ${taskId}`,
  } as const;
  const answer = await api.send(call, signal);
  return z.object({ extra_links: z.record(z.string(), z.string().nullable()) }).parse(answer).extra_links;
}

export function pathOf({ dagId, runId }: RunKey): readonly string[] {
  return ['dags', dagId, 'dagRuns', runId];
}
