import { z } from 'zod';
import { dagOptionsShape } from './dag-options.ts';
import type { OperatorKind } from './operator-kind.ts';
import { taskOptionsShape } from './task-options.ts';

/** What may stand in a DAG file whose tasks are of some operators. */
export interface DagFileSchemas {
  /** What stands under the id of a task: its settings, and one operator. */
  readonly task: z.ZodType;
  /** A document: one DAG. */
  readonly file: z.ZodObject;
}

/** The options of a DAG, without its id and its tasks. */
export const dagOptionsSchema = z.strictObject(dagOptionsShape);

const known = new WeakMap<readonly OperatorKind[], DagFileSchemas>();

/** Made once for a list of operators: making them takes longer than reading a file with them. */
export function dagFileSchemas(operators: readonly OperatorKind[]): DagFileSchemas {
  const schemas = known.get(operators) ?? makeSchemas(operators);
  known.set(operators, schemas);
  return schemas;
}

function makeSchemas(operators: readonly OperatorKind[]): DagFileSchemas {
  const task = taskSchema(operators);
  const file = z.strictObject({
    dag: z.string().describe('Id of the DAG; letters, digits, "-", "_" and "."'),
    ...dagOptionsShape,
    tasks: z.record(z.string(), task).describe('Tasks by their ids'),
  });
  return { task, file };
}

function taskSchema(operators: readonly OperatorKind[]) {
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
