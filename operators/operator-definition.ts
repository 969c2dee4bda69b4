import type { z } from 'zod';
import type { ArtifactRequest } from '../src/core/artifact-request.ts';
import type { JsonObject } from '../src/core/json.ts';
import type { TaskOptions } from '../src/dag/task.ts';
import type { TaskTables } from '../src/dag/task-tables.ts';
import type { PinField } from './jinja-text.ts';

/** A task that is being planned: its options, and templates for what only the run and the environment know. */
export interface PlannedTask<Options> {
  readonly dagId: string;
  readonly taskId: string;
  /** The team that pays for the run and sees its logs. */
  readonly team: string;
  /** As the user wrote them, checked. */
  readonly options: Options;
  /** A field of the pin of the plan's `artifacts`: `script_url`, `wheel_url` (empty without a wheel), `runtime_url` (the wheel of `hermes_runtime`), `version`, … */
  pinned(field: PinField): string;
  /** A field of the team's Airflow variable: `products_zone`, `environment`, … */
  variable(field: string): string;
  /** A text of the user, in which Jinja may stand, so that it comes out as he wrote it; `{{ ds }}` works for every run. */
  text(text: string): string;
  /** The name under which the task reaches a table: with the read prefix, unless it or one before it writes the table. */
  table(name: string): string;
}

/** What a task is going to do. Plain data: plan has no effects and reads nothing but the task. */
export interface OperatorPlan {
  /** What the run takes from the artifact store; absent = nothing. */
  readonly artifacts?: Omit<ArtifactRequest, 'team'>;
  /**
   * Body of `POST /api/2.2/jobs/runs/submit` (https://docs.databricks.com/api/workspace/jobs/submit), any task type.
   * Hermes fills in what is absent: name, keys, the policy, a cluster's size, the access list, the queue; and adds its
   * tags and variables to each `new_cluster`, and the idempotency token.
   */
  readonly submit: JsonObject;
  /** Project that the task belongs to, for tags. @defaultValue the one of `artifacts` */
  readonly project?: string;
  /** Groups that may see the run beside the team. @defaultValue [] */
  readonly viewers?: readonly string[];
}

/** Tables that a task says it reads and writes, as `database.table`, and whether it may read production's. */
export interface OperatorTables extends TaskTables {
  /** `false`: no read prefix in development. @defaultValue true */
  readonly useDataSharing?: boolean;
}

/** A mistake in the options of a task that no single option shows. */
export interface OptionProblem {
  /** The option, and where in it. @defaultValue the task as a whole */
  readonly path?: readonly PropertyKey[];
  /** A whole sentence: the option, its value, what was allowed. */
  readonly message: string;
  readonly hint?: string;
}

/** An operator: its name, what it takes, and what its tasks do. */
export interface OperatorDefinition<Shape extends z.ZodRawShape> {
  /** Key in YAML, `notebook`: lower-case letters, digits and `_`. */
  readonly key: string;
  /** Name that users read. @defaultValue the key: `NotebookOperator` */
  readonly operatorName?: string;
  /** Options beside those of every task; camelCase here and in TypeScript, snake_case in YAML. */
  readonly options: Shape;
  /** What the options' own schemas cannot say. */
  check?(options: z.output<z.ZodObject<Shape>>, task: { readonly taskId: string }): readonly OptionProblem[];
  tables?(options: z.output<z.ZodObject<Shape>>): OperatorTables;
  plan(task: PlannedTask<z.output<z.ZodObject<Shape>>>): OperatorPlan;
}

// An empty object of zod allows no key at all, those of every task included.
type OwnOptions<Shape extends z.ZodRawShape> = keyof Shape extends never
  ? object
  : z.input<z.ZodObject<Shape>>;

/** What a task of a defined operator takes in TypeScript. */
export type OperatorOptions<Shape extends z.ZodRawShape> = OwnOptions<Shape> &
  TaskOptions & {
    /** Team that pays for the run and sees its logs. @defaultValue the DAG's team */
    readonly team?: string;
  };
