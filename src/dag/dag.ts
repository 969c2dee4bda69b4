import { ConfigError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { buildInto, type TaskCollector } from './building.ts';
import type { DagOptions } from './dag-options.ts';
import { callerPlace, type Place } from './place.ts';
import type { PlanContext, Task, TaskPlan } from './task.ts';
import { type TableFlow, tableFlow } from './task-tables.ts';

export type { DagOptions } from './dag-options.ts';

/**
 * A graph of tasks with a schedule, as Airflow means it.
 * Tasks that are created inside `build` join the DAG by themselves; others by {@link Dag.add}.
 * Options are not checked here: `checkDag` finds every mistake at once.
 */
export class Dag implements TaskCollector {
  readonly dagId: string;
  readonly options: DagOptions;
  /** Where the user created the DAG, when that was in a TypeScript file. */
  readonly place: Place | undefined;
  readonly #tasks: Task[] = [];
  #flow: TableFlow | undefined;

  constructor(dagId: string, options: DagOptions = {}, build?: (dag: Dag) => void) {
    this.dagId = dagId;
    this.options = options;
    this.place = callerPlace();
    if (build !== undefined) buildInto(this, () => requireDone(build(this) as unknown, dagId));
  }

  /** Puts a task into the DAG; the same task twice is fine. */
  add<T extends Task>(task: T): T {
    if (this.#tasks.includes(task)) return task;
    this.#tasks.push(task);
    this.#flow = undefined;
    return task;
  }

  /** In the order in which they were added. */
  get tasks(): readonly Task[] {
    return this.#tasks;
  }

  /** The task of an id. @throws ConfigError with the ids that there are */
  task(id: string): Task {
    const found = this.#tasks.find((task) => task.taskId === id);
    if (found !== undefined) return found;
    const ids = this.#tasks.map((task) => task.taskId);
    const hint = didYouMean(id, ids);
    throw new ConfigError(
      `DAG ${this.dagId} has no task ${JSON.stringify(id)}. Tasks: ${ids.join(', ') || 'none'}.`,
      { code: 'HERMES_UNKNOWN_TASK', ...(hint === undefined ? {} : { nextStep: hint }) },
    );
  }

  /** The DAG's own tags and those that its tasks bring, as `compaas-service:hermes`. */
  get tags(): readonly string[] {
    const own = this.options.tags ?? [];
    return [...new Set([...own, ...this.#tasks.flatMap((task) => task.dagTags)])];
  }

  /** What a task needs to know about it when it plans. */
  contextOf(task: Task): PlanContext {
    const { team, tags } = this.options;
    this.#flow ??= tableFlow(this.#tasks);
    const writtenBefore = this.#flow.inputsWrittenBefore(task);
    return { dagId: this.dagId, ...(team === undefined ? {} : { team }), tags: textsIn(tags), writtenBefore };
  }

  /** Pure: the plan of every task. */
  plans(): TaskPlan[] {
    return this.#tasks.map((task) => task.plan(this.contextOf(task)));
  }

  /** Pure: the plan of every task that can be planned at all. */
  drafts(): TaskPlan[] {
    return this.#tasks.map((task) => task.draft(this.contextOf(task))).filter((plan) => plan !== undefined);
  }
}

/** Those of a list that may have been written without types. */
function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function requireDone(result: unknown, dagId: string): void {
  if (!(result instanceof Promise)) return;
  // The promise may fail on its own later; this error is the one to read.
  result.catch(() => undefined);
  throw new ConfigError(
    `Cannot build DAG ${dagId}: its function is async, and what it creates after an await would be lost.`,
    {
      code: 'HERMES_ASYNC_DAG',
      nextStep: 'Await before `new Dag`, at the top of the file.',
    },
  );
}
