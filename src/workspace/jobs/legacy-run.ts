import type { JsonObject } from '../../core/json.ts';
import { isObject } from '../wire/fields.ts';

/** A run as version 2.0 answers it: a run with one task as that task, at the top. */
export function legacyRun(run: JsonObject): JsonObject {
  const tasks = Array.isArray(run.tasks) ? run.tasks.filter(isObject) : [];
  const last = tasks.at(-1);
  if (last === undefined || new Set(tasks.map((task) => task.task_key)).size > 1)
    return { ...run, format: 'MULTI_TASK' };
  const { tasks: _tasks, ...rest } = run;
  const { cluster_instance, setup_duration, execution_duration, cleanup_duration } = last;
  return {
    ...rest,
    format: 'SINGLE_TASK',
    original_attempt_run_id: run.run_id ?? null,
    ...topOfTask(last),
    ...(cluster_instance === undefined ? {} : { cluster_instance }),
    setup_duration: setup_duration ?? 0,
    execution_duration: execution_duration ?? 0,
    cleanup_duration: cleanup_duration ?? 0,
  };
}

/** What a run with one task says of it at its top: what it does, and on which cluster. */
export function topOfTask(task: JsonObject): JsonObject {
  const { new_cluster, libraries } = task;
  return {
    cluster_spec: {
      ...(new_cluster === undefined ? {} : { new_cluster }),
      ...(libraries === undefined ? {} : { libraries }),
    },
    task: Object.fromEntries(Object.entries(task).filter(([name]) => name.endsWith('_task'))),
  };
}
