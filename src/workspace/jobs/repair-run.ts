import { type Json, parseJson, stringifyJson } from '../../core/json.ts';
import { identityOf } from '../identity/users.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { beginRepair, keepOriginal, repairIds } from './repairs.ts';
import { isGood } from './run-if.ts';
import { planJobTasks } from './run-now.ts';
import { parseOverrides, type RunOverrides, readOverrides } from './run-overrides.ts';
import {
  endingOfTask,
  insertTask,
  lastAttempts,
  type RunRecord,
  reopenRun,
  requestOf,
  runAsOf,
  type TaskRecord,
  tasksOf,
} from './runs.ts';
import { findJob, settingsOf } from './saved-jobs.ts';
import { assertQuota, type SubmitOptions } from './submit.ts';
import type { PlannedTask } from './task-request.ts';

/**
 * Runs tasks of an ended run again, as further attempts of theirs. A run of a saved job takes the settings that the job
 * has at this moment; parameters that the repair does not give are those of the run.
 * https://docs.databricks.com/api/workspace/jobs/repairrun
 * @returns the id of the repair
 */
export function repairRun(run: RunRecord, body: Json, options: SubmitOptions): bigint {
  const { db } = options;
  const fields = fieldsOf(body);
  if (run.ended === null)
    throw new ApiError(
      'INVALID_STATE',
      `Run ${run.run_id} is still active; a run is repaired after its end.`,
    );
  assertLatestRepair(fields, repairIds(db, run.run_id));
  const tasks = lastAttempts(tasksOf(db, run.run_id));
  const overrides = { ...readOverrides(run.overrides), ...parseOverrides(fields) };
  const planned = plannedTasks(run, tasks, overrides, options);
  const chosen = chosenTasks(fields, tasks);
  const missing = chosen.find((task) => !planned.has(task.task_key));
  if (missing !== undefined)
    throw invalidParameter(`Task '${missing.task_key}' is not a task of job ${run.job_id} any more.`);
  assertQuota(db, identityOf(db, runAsOf(run)), [...planned.values()]);
  return db.transaction(() => {
    keepOriginal(db, run, options.firstRunId);
    const repair = beginRepair(db, run.run_id, options.now, options.firstRunId);
    reopenRun(db, run.run_id, run.trigger_kind === null ? null : stringifyJson(overrides));
    for (const task of chosen) {
      const request = planned.get(task.task_key) ?? requestOf(task);
      const life = request.dependsOn.length > 0 ? 'BLOCKED' : 'QUEUED';
      const place = { attempt: task.attempt + 1, position: task.position, life, repair } as const;
      insertTask(db, run.run_id, request, place, options.firstRunId);
    }
    return repair;
  });
}

function assertLatestRepair(fields: Fields, repairs: readonly bigint[]): void {
  const latest = repairs.at(-1);
  const given = fields.integer('latest_repair_id');
  if (latest === undefined) {
    if (given !== undefined && given !== 0n)
      throw invalidParameter(`latest_repair_id is ${given}, but the run was never repaired.`);
    return;
  }
  if (given === undefined || given === 0n)
    throw invalidParameter('The latest repair ID needs to be provided in order to create a new repair');
  if (given !== latest)
    throw invalidParameter(`latest_repair_id is ${given}, but the latest repair of the run is ${latest}.`);
}

/** What the tasks of the run are to do, by key. */
function plannedTasks(
  run: RunRecord,
  tasks: readonly TaskRecord[],
  overrides: RunOverrides,
  options: SubmitOptions,
): ReadonlyMap<string, PlannedTask> {
  const job = findJob(options.db, run.job_id);
  const planned =
    run.trigger_kind === null
      ? tasks.map(requestOf)
      : planJobTasks(
          job === undefined ? fieldsOf(parseJson(run.request)).value : settingsOf(job),
          overrides,
          identityOf(options.db, runAsOf(run)),
          options,
        );
  return new Map(planned.map((task) => [task.taskKey, task]));
}

/** The tasks that a repair runs again, in their order. */
function chosenTasks(fields: Fields, tasks: readonly TaskRecord[]): TaskRecord[] {
  const named = fields.texts('rerun_tasks');
  const isAllFailed = fields.flag('rerun_all_failed_tasks') ?? false;
  if (named.length > 0 && isAllFailed)
    throw invalidParameter('Only one of rerun_tasks and rerun_all_failed_tasks can be given.');
  const keys = tasks.map((task) => task.task_key);
  const unknown = named.find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw invalidParameter(
      `rerun_tasks names '${unknown}', which is not a task of the run. Tasks: ${keys.join(', ')}.`,
    );
  const chosen = new Set(isAllFailed ? tasks.filter(hasFailed).map((task) => task.task_key) : named);
  if (fields.flag('rerun_dependent_tasks') ?? false) addDependents(chosen, tasks);
  if (chosen.size === 0)
    throw invalidParameter(
      isAllFailed
        ? 'No task of the run has failed: there is nothing to repair.'
        : 'One of rerun_tasks and rerun_all_failed_tasks must be given.',
    );
  return tasks.filter((task) => chosen.has(task.task_key));
}

function hasFailed(task: TaskRecord): boolean {
  const ending = endingOfTask(task);
  return ending === undefined || !isGood(ending);
}

function addDependents(chosen: Set<string>, tasks: readonly TaskRecord[]): void {
  for (let before = -1; chosen.size > before; ) {
    before = chosen.size;
    for (const task of tasks)
      if (requestOf(task).dependsOn.some((key) => chosen.has(key))) chosen.add(task.task_key);
  }
}
