import { type CallbackLists, callbackLists } from './callback.ts';
import type { Dag } from './dag.ts';
import type { TaskPlan } from './task.ts';
import { type TaskSettings, taskSettings } from './task-settings.ts';

/** A DAG as plain data, with every default filled in: what compares, prints and compiles it reads this. */
export interface DagDescription {
  readonly dagId: string;
  readonly schedule: string | null;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly timezone: string;
  readonly catchup: boolean;
  readonly maxActiveRuns: number;
  readonly dagrunTimeoutSeconds?: number;
  readonly tags: readonly string[];
  readonly description?: string;
  readonly doc?: string;
  readonly team?: string;
  readonly owner: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly callbacks: CallbackLists;
  readonly tasks: readonly TaskDescription[];
}

export interface TaskDescription {
  readonly taskId: string;
  readonly operator: string;
  /** Sorted. */
  readonly upstream: readonly string[];
  readonly settings: TaskSettings;
  readonly deferrable: boolean;
  readonly callbacks: CallbackLists;
  readonly plan: TaskPlan;
}

const MAX_ACTIVE_RUNS = 16;

/** Pure: the DAG with the defaults of Airflow. The DAG must be without mistakes. */
export function describeDag(dag: Dag): DagDescription {
  const { options } = dag;
  const { startDate, endDate, dagrunTimeoutSeconds, description, doc, team } = options;
  const optional = { startDate, endDate, dagrunTimeoutSeconds, description, doc, team };
  return {
    dagId: dag.dagId,
    schedule: options.schedule ?? null,
    timezone: options.timezone ?? 'UTC',
    catchup: options.catchup ?? false,
    maxActiveRuns: options.maxActiveRuns ?? MAX_ACTIVE_RUNS,
    tags: dag.tags,
    owner: options.owner ?? team ?? 'airflow',
    params: options.params ?? {},
    callbacks: callbackLists(options),
    ...withoutUndefined(optional),
    tasks: dag.tasks.map((task) => ({
      taskId: task.taskId,
      operator: task.operatorName,
      upstream: [...task.upstream].sort(),
      settings: taskSettings(dag, task),
      deferrable: task.options.deferrable ?? options.deferrable ?? true,
      callbacks: callbackLists(task.options),
      plan: task.plan(dag.contextOf(task)),
    })),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(object: T): Present<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Present<T>;
}
