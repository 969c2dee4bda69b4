import type { z } from 'zod';
import type { Task, TaskOptions } from './task.ts';

/** An operator as YAML files use it: a key under the task, and what may stand below the key. */
export interface OperatorKind {
  /** The key: `hermes`. */
  readonly key: string;
  /** Name that users read: `HermesOperator`. */
  readonly operatorName: string;
  /** What stands below the key, in snake_case. */
  readonly schema: z.ZodObject;
  /** Makes the task; `options` fits the schema. */
  create(task: TaskOptions, options: Readonly<Record<string, unknown>>): Task;
}
