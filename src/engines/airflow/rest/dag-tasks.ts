import { z } from 'zod';
import { type TriggerRule, triggerRules } from '../../../dag/trigger-rule.ts';
import type { AirflowApi } from './airflow-api.ts';

const SECONDS_PER_DAY = 86_400;

const taskSchema = z
  .object({
    task_id: z.string(),
    trigger_rule: z.string().nullable(),
    retries: z.number().nullable(),
    retry_delay: z.object({ days: z.number(), seconds: z.number() }).nullable(),
    downstream_task_ids: z.array(z.string()).nullable(),
  })
  .transform((task) => ({
    taskId: task.task_id,
    /** A rule that is not known here does not change what is shown. */
    triggerRule: triggerRules.find((rule) => rule === task.trigger_rule) ?? ('all_success' as const),
    retries: task.retries ?? 0,
    retryDelaySeconds: (task.retry_delay?.days ?? 0) * SECONDS_PER_DAY + (task.retry_delay?.seconds ?? 0),
    downstream: task.downstream_task_ids ?? [],
  }));

/** A task of a DAG as Airflow has it, whoever wrote it. */
export interface DagTask {
  readonly taskId: string;
  readonly triggerRule: TriggerRule;
  readonly retries: number;
  readonly retryDelaySeconds: number;
  /** Ids of the tasks that wait for it. */
  readonly downstream: readonly string[];
}

/** The tasks of a DAG, mapped ones once. */
export async function listDagTasks(
  api: AirflowApi,
  dagId: string,
  signal: AbortSignal,
): Promise<readonly DagTask[]> {
  const call = {
    method: 'GET',
    path: ['dags', dagId, 'tasks'],
    action: `list the tasks of ${dagId}`,
  } as const;
  return z.object({ tasks: z.array(taskSchema) }).parse(await api.send(call, signal)).tasks;
}
