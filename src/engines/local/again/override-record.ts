import { ConfigError } from '../../../core/errors.ts';
import { stringifyJson } from '../../../core/json.ts';
import { Dag } from '../../../dag/dag.ts';
import type { OperatorKind } from '../../../dag/operator-kind.ts';
import type { PlanContext, Task } from '../../../dag/task.ts';
import { taskSettings } from '../../../dag/task-settings.ts';
import { type Override, overrideDag } from '../plan/override-dag.ts';
import type { RunRecord, TaskRecord } from '../record/run-record.ts';

/**
 * The tasks of a recorded run that come out otherwise with some options replaced, by task id: planned anew from what
 * the record holds of them, without the DAG file, which may have changed since. Pure.
 * @throws ConfigError for an unknown task or option, and for a task that cannot be made again from its record
 */
export function overrideRecord(
  record: RunRecord,
  overrides: readonly Override[],
  operators: readonly OperatorKind[],
): ReadonlyMap<string, TaskRecord> {
  const touched = new Set(overrides.map(({ taskId }) => taskId));
  const dag = new Dag(record.dagId, { team: record.team, tags: record.tags ?? [] });
  for (const task of record.tasks) dag.add(remake(task, touched.has(task.taskId), operators));
  const changed = overrideDag(dag, overrides, operators);
  return new Map(
    record.tasks
      .filter(({ taskId }) => touched.has(taskId))
      .map((task) => [task.taskId, replan(task, dag, changed)]),
  );
}

function remake(task: TaskRecord, isTouched: boolean, operators: readonly OperatorKind[]) {
  // The others only lend their ids to the messages.
  const kind = operators.find(({ operatorName }) => operatorName === task.operatorName);
  if (kind !== undefined && task.options !== undefined) {
    return kind.create({ ...task.options, ...settingsOf(task) }, {});
  }
  if (isTouched) throw notInRecord(task);
  return operators[0]?.create({ taskId: task.taskId }, {}) ?? raise(task);
}

/** Those of the DAG's defaults that hold for the task, too. */
function settingsOf(task: TaskRecord) {
  const { retries, retryDelaySeconds, retryExponentialBackoff, triggerRule } = task;
  const { maxRetryDelaySeconds, executionTimeoutSeconds } = task;
  return {
    ...{ retries, retryDelaySeconds, retryExponentialBackoff, triggerRule },
    ...(maxRetryDelaySeconds === undefined ? {} : { maxRetryDelaySeconds }),
    ...(executionTimeoutSeconds === undefined ? {} : { executionTimeoutSeconds }),
    dependsOn: task.upstream,
  };
}

function replan(task: TaskRecord, before: Dag, after: Dag): TaskRecord {
  // A record that does not give the task back as it ran must not decide what runs.
  const same = before.task(task.taskId);
  const planned = same.plan(contextOf(task, same, before));
  if (stringifyJson(planned) !== stringifyJson(task.plan)) throw notInRecord(task);
  const next = after.task(task.taskId);
  const { pool: _pool, ...settings } = taskSettings(after, next);
  const { policy: _policy, ...rest } = task;
  return { ...rest, ...settings, options: next.options, plan: next.plan(contextOf(task, next, after)) };
}

/** Of a run that repeated single tasks, the record alone knows what the others had written. */
function contextOf({ writtenBefore = [] }: TaskRecord, task: Task, dag: Dag): PlanContext {
  const context = dag.contextOf(task);
  return { ...context, writtenBefore: new Set([...(context.writtenBefore ?? []), ...writtenBefore]) };
}

function raise(task: TaskRecord): never {
  throw notInRecord(task);
}

function notInRecord({ taskId }: TaskRecord): ConfigError {
  return new ConfigError(
    `Cannot set an option of task ${taskId}: its record does not give back how the task was made`,
    {
      code: 'HERMES_OPTIONS_NOT_RECORDED',
      nextStep: 'Run the DAG from its file: hermes dag run FILE --set …',
    },
  );
}
