/** Tables that a task reads and writes, as `database.table` without a read prefix. */
export interface TaskTables {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** A task that names no table. */
export const noTables: TaskTables = { inputs: [], outputs: [] };

interface Node {
  readonly taskId: string;
  readonly upstream: ReadonlySet<string>;
  readonly tables: TaskTables;
}

/**
 * Those inputs of a task that a task before it in the same DAG writes, directly or further up. They are read where
 * they were written: in development, not from production. Pure.
 */
export function inputsWrittenBefore(task: Node, tasks: readonly Node[]): ReadonlySet<string> {
  const { inputs } = task.tables;
  const found = new Set<string>();
  if (inputs.length === 0) return found;
  const writers = tasks.filter(({ tables }) => tables.outputs.some((output) => inputs.includes(output)));
  if (writers.length === 0) return found;
  const before = ancestors(task, tasks);
  for (const writer of writers) {
    if (!before.has(writer.taskId)) continue;
    for (const output of writer.tables.outputs) if (inputs.includes(output)) found.add(output);
  }
  return found;
}

function ancestors(task: Node, tasks: readonly Node[]): ReadonlySet<string> {
  const byId = new Map(tasks.map((each) => [each.taskId, each]));
  const found = new Set<string>();
  const open = [...task.upstream];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(byId.get(id)?.upstream ?? []));
  }
  return found;
}
