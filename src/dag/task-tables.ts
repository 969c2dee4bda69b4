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

/** Who writes what in a DAG. */
export interface TableFlow {
  /**
   * Those inputs of a task that a task before it in the same DAG writes, directly or further up. They are read where
   * they were written: in development, not from production.
   */
  inputsWrittenBefore(task: Node): ReadonlySet<string>;
}

/** Pure: looks at all tasks once, so that a thousand of them can ask. */
export function tableFlow(tasks: readonly Node[]): TableFlow {
  const writers = new Map<string, string[]>();
  for (const { taskId, tables } of tasks) {
    for (const output of tables.outputs) writers.set(output, [...(writers.get(output) ?? []), taskId]);
  }
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  return {
    inputsWrittenBefore: (task) => {
      const written = task.tables.inputs.filter((input) => writers.has(input));
      const isEarlier = ancestry(task, byId);
      return new Set(written.filter((input) => writers.get(input)?.some(isEarlier)));
    },
  };
}

/** Whether a task comes before another, directly or further up. */
export function isBefore(
  earlier: Pick<Node, 'taskId'>,
  task: Node,
  byId: ReadonlyMap<string, Node>,
): boolean {
  return ancestry(task, byId)(earlier.taskId);
}

/** Tells whether an id is that of a task further up; walks there only when a direct one is not meant. */
function ancestry(task: Node, byId: ReadonlyMap<string, Node>): (id: string) => boolean {
  let all: ReadonlySet<string> | undefined;
  return (id) => {
    if (task.upstream.has(id)) return true;
    all ??= ancestors(task, byId);
    return all.has(id);
  };
}

function ancestors(task: Node, byId: ReadonlyMap<string, Node>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...task.upstream];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(byId.get(id)?.upstream ?? []));
  }
  return found;
}
