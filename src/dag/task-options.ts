import { z } from 'zod';
import { type TaskCallbacks, taskCallbacksShape } from './callback.ts';
import { refined, storableProblem } from './storable.ts';
import { type TriggerRule, triggerRules } from './trigger-rule.ts';

/** How tasks are tried again and ended; set for one task, or for a DAG as the default of its tasks. */
export interface TaskDefaults {
  /** Attempts after the first one. @defaultValue 0 */
  readonly retries?: number;
  /** @defaultValue 300, as in Airflow */
  readonly retryDelaySeconds?: number;
  /** Doubles the delay with each attempt. @defaultValue false */
  readonly retryExponentialBackoff?: boolean;
  readonly maxRetryDelaySeconds?: number;
  /** Ends the attempt, and cancels its run, after this time. @defaultValue no limit */
  readonly executionTimeoutSeconds?: number;
  /** Airflow pool. @defaultValue `default_pool` */
  readonly pool?: string;
  /**
   * In Airflow, true waits in the triggerer, where a thousand waits cost one process; false keeps a worker busy, and needs
   * no triggerer. @defaultValue true
   */
  readonly deferrable?: boolean;
}

/** What every operator takes, as in Airflow. */
export interface TaskOptions extends TaskDefaults, TaskCallbacks {
  /** Unique in the DAG; letters, digits, `-`, `_`, `.`; at most 247 characters. */
  readonly taskId: string;
  /** @defaultValue `all_success` */
  readonly triggerRule?: TriggerRule;
  /** Task ids that must come before, beside `before()` and `after()`. */
  readonly dependsOn?: readonly string[];
}

/** Ids of tasks and DAGs (https://github.com/apache/airflow, `KEY_REGEX`), in the letters that every tool accepts. */
export const ID_PATTERN = '^[A-Za-z0-9_][A-Za-z0-9_.-]*$';

/** Airflow writes logs to folders named `dag_id=…` and `task_id=…`; a name in a file system has 255 bytes. */
const LONGEST_ID = { DAG: 248, task: 247 } as const;
export const LONGEST_TASK_ID: number = LONGEST_ID.task;

/** The first task of every run, which resolves the pins of the others. */
export const PINS_TASK_ID = 'resolve_artifacts';

/** Why a text cannot be the id of a task or a DAG, or undefined when it can. */
export function idProblem(kind: 'task' | 'DAG', id: string): string | undefined {
  if (id.length > LONGEST_ID[kind])
    return `The ${kind} id has ${id.length} characters; at most ${LONGEST_ID[kind]}.`;
  if (!new RegExp(ID_PATTERN).test(id))
    return `The ${kind} id ${JSON.stringify(id)} is not allowed: letters, digits, "_", "-" and "." only, the last two not in front.`;
  if (id === '__proto__') return `The ${kind} id "${id}" is taken by JavaScript.`;
  if (kind === 'task' && id === PINS_TASK_ID)
    return `The task id "${PINS_TASK_ID}" is taken: Hermes gives it to the task that resolves versions.`;
  return undefined;
}

const seconds = z.int().positive();

/** Keys that a DAG may set for all of its tasks. */
export const taskDefaultsShape = {
  retries: z.int().min(0).optional().describe('Attempts after the first one (default 0)'),
  retry_delay_seconds: z.int().min(0).optional().describe('Wait before the next attempt (default 300)'),
  retry_exponential_backoff: z
    .boolean()
    .optional()
    .describe('Doubles the wait with each attempt (default false)'),
  max_retry_delay_seconds: seconds.optional().describe('Longest wait between attempts'),
  execution_timeout_seconds: seconds
    .optional()
    .describe('Ends an attempt, and cancels its run, after this time (default: no limit)'),
  pool: refined(z.string().min(1).max(256), storableProblem)
    .optional()
    .describe('Airflow pool (default default_pool)'),
  deferrable: z
    .boolean()
    .optional()
    .describe(
      'In Airflow, true waits for the run in the triggerer, false keeps a worker busy (default true)',
    ),
};

/** Keys that every task may have, beside its operator. */
export const taskOptionsShape = {
  ...taskDefaultsShape,
  trigger_rule: z
    .enum(triggerRules)
    .optional()
    .describe('When the task may start, by the states of the tasks before it (default all_success)'),
  ...taskCallbacksShape,
};
