import { z } from 'zod';
import { dagOptionsShape } from './dag-options.ts';
import type { OperatorKind } from './operator-kind.ts';
import { taskOptionsShape } from './task-options.ts';

/** What stands under the id of a task: its settings, and one operator. */
export function taskSchema(operators: readonly OperatorKind[]) {
  const kinds = operators.map((kind) => [
    kind.key,
    kind.schema.optional().describe(`Options of ${kind.operatorName}`),
  ]);
  const keys = operators.map(({ key }) => key);
  return z
    .strictObject({
      after: z.array(z.string()).optional().describe('Ids of the tasks that come before'),
      ...taskOptionsShape,
      ...(Object.fromEntries(kinds) as Record<string, z.ZodOptional<z.ZodObject>>),
    })
    .refine((task) => keys.filter((key) => Object.hasOwn(task, key)).length === 1, {
      message: `a task needs one operator: ${keys.join(', ')}.`,
    });
}

/** A document of a `*.dag.yaml` file: one DAG. */
export function dagFileSchema(operators: readonly OperatorKind[]) {
  return z.strictObject({
    dag: z.string().describe('Id of the DAG; letters, digits, "-", "_" and "."'),
    ...dagOptionsShape,
    tasks: z.record(z.string(), taskSchema(operators)).describe('Tasks by their ids'),
  });
}
