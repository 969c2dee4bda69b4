import type { ArtifactRequest } from '../core/artifact-request.ts';
import type { JsonObject } from '../core/json.ts';
import { currentDag } from './building.ts';

/** When a task may start, by the states of its upstream tasks; Airflow's names and meanings. */
export const triggerRules = [
  'all_success',
  'all_failed',
  'all_done',
  'all_skipped',
  'one_success',
  'one_failed',
  'one_done',
  'none_failed',
  'none_failed_min_one_success',
  'none_skipped',
  'always',
] as const;
export type TriggerRule = (typeof triggerRules)[number];

/** What every operator takes, as in Airflow. */
export interface TaskOptions {
  /** Unique in the DAG; letters, digits, `-`, `_`, `.`; at most 250 characters. */
  readonly taskId: string;
  /** Attempts after the first one. @defaultValue the DAG's `retries`, 0 */
  readonly retries?: number;
  /** @defaultValue 300, as in Airflow */
  readonly retryDelaySeconds?: number;
  /** Doubles the delay with each attempt. @defaultValue false */
  readonly retryExponentialBackoff?: boolean;
  readonly maxRetryDelaySeconds?: number;
  /** Ends the attempt, and cancels its run, after this time. */
  readonly executionTimeoutSeconds?: number;
  /** @defaultValue `all_success` */
  readonly triggerRule?: TriggerRule;
  readonly pool?: string;
  /** Task ids that must come before, beside `before()` and `after()`. */
  readonly dependsOn?: readonly string[];
}

/** What a task is going to do, as plain data: the body of `runs/submit` with Jinja where a value belongs to the run. */
export interface TaskPlan {
  readonly taskId: string;
  /** The team that pays for the run and sees its logs. */
  readonly team: string;
  readonly artifacts: ArtifactRequest;
  /** Body of `POST /api/2.2/jobs/runs/submit`; strings may hold Jinja. */
  readonly submit: JsonObject;
}

/** Facts about the DAG that a plan needs. */
export interface PlanContext {
  readonly dagId: string;
}

/** One step of a DAG. Operators extend it; created inside the callback of `new Dag`, it joins that DAG. */
export abstract class Task {
  readonly options: TaskOptions;
  /** Name that users read: `HermesOperator`. */
  abstract readonly operatorName: string;
  readonly #upstream = new Set<string>();

  constructor(options: TaskOptions) {
    this.options = options;
    for (const id of options.dependsOn ?? []) this.#upstream.add(id);
    currentDag()?.add(this);
  }

  get taskId(): string {
    return this.options.taskId;
  }

  /** Ids of the tasks that come directly before this one. */
  get upstream(): ReadonlySet<string> {
    return this.#upstream;
  }

  /** This task comes before the others; answers the last of them, so that calls chain. */
  before(...tasks: readonly Task[]): Task {
    for (const task of tasks) task.#upstream.add(this.taskId);
    return tasks.at(-1) ?? this;
  }

  /** This task comes after the others. */
  after(...tasks: readonly Task[]): this {
    for (const task of tasks) this.#upstream.add(task.taskId);
    return this;
  }

  /** Pure: what the task would do, as data. */
  abstract plan(context: PlanContext): TaskPlan;
}
