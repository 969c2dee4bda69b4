import type { ArtifactRequest } from '../core/artifact-request.ts';
import type { JsonObject } from '../core/json.ts';
import type { ValueProblem } from '../core/schema-problems.ts';
import { currentDag } from './building.ts';
import { callerPlace, type Place } from './place.ts';
import type { TaskOptions } from './task-options.ts';
import { noTables, type TaskTables } from './task-tables.ts';

export type { TaskOptions } from './task-options.ts';
export type { TriggerRule } from './trigger-rule.ts';

/** What a task is going to do, as plain data: the body of `runs/submit` with Jinja where a value belongs to the run. */
export interface TaskPlan {
  readonly taskId: string;
  /** The team that pays for the run and sees its logs. */
  readonly team: string;
  /** What the run takes from the artifact store, pinned before it starts; absent for a task that takes nothing of it. */
  readonly artifacts?: ArtifactRequest;
  /** Tags of its cluster, of its metrics and of the bill, by their keys; those that only the run knows are in the body. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Body of `POST /api/2.2/jobs/runs/submit`; strings may hold Jinja. */
  readonly submit: JsonObject;
}

/** Facts about the DAG that a plan needs. */
export interface PlanContext {
  readonly dagId: string;
  /** The DAG's team, for tasks that name none. */
  readonly team?: string;
  /** Tags of the DAG as its author wrote them. @defaultValue none */
  readonly tags?: readonly string[];
  /** Inputs of this task that a task before it writes. @defaultValue none */
  readonly writtenBefore?: ReadonlySet<string>;
}

/** One step of a DAG. Operators extend it; created inside the callback of `new Dag`, it joins that DAG. */
export abstract class Task {
  readonly options: TaskOptions;
  /** Name that users read: `HermesOperator`. */
  abstract readonly operatorName: string;
  /** Where the user created the task, when that was in a TypeScript file. */
  readonly place: Place | undefined;
  readonly #upstream = new Set<string>();

  constructor(options: TaskOptions) {
    this.options = options;
    this.place = callerPlace();
    const { dependsOn } = options;
    if (Array.isArray(dependsOn)) for (const id of dependsOn) this.#upstream.add(id);
    currentDag()?.add(this);
  }

  get taskId(): string {
    return this.options.taskId;
  }

  /** Ids of the tasks that come directly before this one. */
  get upstream(): ReadonlySet<string> {
    return this.#upstream;
  }

  /** Tags that a DAG carries because it holds this task. */
  get dagTags(): readonly string[] {
    return [];
  }

  /** Tables that it says it reads and writes. */
  get tables(): TaskTables {
    return noTables;
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

  /** Pure: every mistake in the task's own options. */
  abstract check(context: PlanContext): readonly ValueProblem[];

  /** Pure: what the task would do, as data. */
  abstract plan(context: PlanContext): TaskPlan;

  /** The same for a task with mistakes, as far as it can be planned, so that checks can say what else is wrong. */
  draft(context: PlanContext): TaskPlan | undefined {
    return this.check(context).length === 0 ? this.plan(context) : undefined;
  }
}
