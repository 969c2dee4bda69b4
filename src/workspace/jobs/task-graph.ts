import { invalidParameter } from '../wire/api-error.ts';

/** A task and those that it waits for. */
export interface GraphTask {
  readonly taskKey: string;
  readonly dependsOn: readonly string[];
}

/** @throws ApiError when keys repeat, a dependency is unknown, or tasks wait for each other in a circle. */
export function assertGraph(tasks: readonly GraphTask[]): void {
  const keys = new Set<string>();
  for (const { taskKey } of tasks) {
    if (keys.has(taskKey))
      throw invalidParameter(`Task key '${taskKey}' is used twice; it must be unique in the run.`);
    keys.add(taskKey);
  }
  for (const task of tasks) {
    const unknown = task.dependsOn.find((key) => !keys.has(key));
    if (unknown !== undefined)
      throw invalidParameter(
        `Task '${task.taskKey}' depends on '${unknown}', which is not a task of this run.`,
      );
  }
  const done = new Set<string>();
  for (let before = -1; done.size > before; ) {
    before = done.size;
    for (const task of tasks) if (task.dependsOn.every((key) => done.has(key))) done.add(task.taskKey);
  }
  const stuck = [...keys].filter((key) => !done.has(key));
  if (stuck.length > 0)
    throw invalidParameter(`Tasks depend on each other in a circle: ${stuck.join(', ')}.`);
}
