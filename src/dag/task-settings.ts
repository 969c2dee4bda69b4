import type { Dag } from './dag.ts';
import type { Task, TriggerRule } from './task.ts';

/** What holds for a task once its own options, the DAG's defaults and Airflow's are put together. */
export interface TaskSettings {
  readonly retries: number;
  readonly retryDelaySeconds: number;
  readonly retryExponentialBackoff: boolean;
  readonly maxRetryDelaySeconds?: number;
  readonly executionTimeoutSeconds?: number;
  readonly triggerRule: TriggerRule;
  readonly pool: string;
}

const RETRY_DELAY_SECONDS = 300;

/** The task's own value where it has one, else the DAG's, else Airflow's default. */
export function taskSettings(dag: Dag, task: Task): TaskSettings {
  const own = task.options;
  const defaults = dag.options;
  const maxRetryDelaySeconds = own.maxRetryDelaySeconds ?? defaults.maxRetryDelaySeconds;
  const executionTimeoutSeconds = own.executionTimeoutSeconds ?? defaults.executionTimeoutSeconds;
  return {
    retries: own.retries ?? defaults.retries ?? 0,
    retryDelaySeconds: own.retryDelaySeconds ?? defaults.retryDelaySeconds ?? RETRY_DELAY_SECONDS,
    retryExponentialBackoff: own.retryExponentialBackoff ?? defaults.retryExponentialBackoff ?? false,
    ...(maxRetryDelaySeconds === undefined ? {} : { maxRetryDelaySeconds }),
    ...(executionTimeoutSeconds === undefined ? {} : { executionTimeoutSeconds }),
    triggerRule: own.triggerRule ?? 'all_success',
    pool: own.pool ?? defaults.pool ?? 'default_pool',
  };
}
