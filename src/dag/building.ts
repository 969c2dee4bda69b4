/** Where tasks go while the callback of `new Dag` runs. */
export interface TaskCollector {
  add(task: unknown): void;
}

const stack: TaskCollector[] = [];

/** The DAG whose callback is running, if any. */
export function currentDag(): TaskCollector | undefined {
  return stack.at(-1);
}

/** Runs a builder with `collector` as the current DAG. */
export function buildInto(collector: TaskCollector, build: () => void): void {
  stack.push(collector);
  try {
    build();
  } finally {
    stack.pop();
  }
}
