import type { Task } from './task.ts';
import { isBefore } from './task-tables.ts';

/** Two tasks of a DAG at one table, in no order. */
export interface TableOrderProblem {
  /** Position of the task that needs the edit. */
  readonly node: number;
  /** Which of its lists names the table. */
  readonly list: 'inputs' | 'outputs';
  readonly table: string;
  readonly message: string;
  /** The task that it should come after. */
  readonly after: string;
}

/**
 * Finds tables that a task reads and another writes, or that two write, while neither comes after the other: which of
 * them is first would be chance, and in development the reader would be led to production. Pure.
 */
export function findTableOrderProblems(tasks: readonly Task[]): TableOrderProblem[] {
  const writers = Map.groupBy(
    tasks.flatMap((task) => task.tables.outputs.map((table) => ({ task, table }))),
    ({ table }) => table,
  );
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const inOrder = (a: Task, b: Task) => isBefore(a, b, byId) || isBefore(b, a, byId);
  return tasks.flatMap((task, node) => {
    const others = (table: string) => (writers.get(table) ?? []).filter((one) => one.task !== task);
    const { inputs, outputs } = task.tables;
    const read = inputs
      .filter((table) => !outputs.includes(table))
      .flatMap((table) =>
        others(table)
          .filter((other) => !inOrder(task, other.task))
          .map((other) => orderProblem(node, 'inputs', task, other)),
      );
    const written = outputs.flatMap((table) =>
      others(table)
        .filter((other) => tasks.indexOf(other.task) < node && !inOrder(task, other.task))
        // One for success, one for failure: only one of them runs.
        .filter((other) => other.task.options.triggerRule === task.options.triggerRule)
        .map((other) => orderProblem(node, 'outputs', task, other)),
    );
    return [...read, ...written];
  });
}

function orderProblem(
  node: number,
  list: 'inputs' | 'outputs',
  { taskId }: Task,
  { task: other, table }: { readonly task: Task; readonly table: string },
): TableOrderProblem {
  const verb = list === 'inputs' ? 'reads' : 'writes';
  const too = list === 'inputs' ? '' : ' too';
  const message = `Task "${taskId}" ${verb} ${table}, which "${other.taskId}" writes${too}, and neither comes after the other.`;
  return { node, list, table, message, after: other.taskId };
}
