import { type Json, type JsonObject, stringifyJson } from '../../core/json.ts';
import { type Identity, identityOf } from '../identity/users.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { fieldsOf, isObject } from '../wire/fields.ts';
import { isQueuedBy, maxConcurrentRunsOf } from './job-settings.ts';
import { insertRun, type StoredRun } from './new-run.ts';
import { planTasks } from './plan-tasks.ts';
import {
  jobParameterValues,
  overriddenTask,
  parseJobParameters,
  parseOverrides,
  type RunOverrides,
} from './run-overrides.ts';
import type { TriggerKind } from './runs.ts';
import { type JobRecord, settingsOf } from './saved-jobs.ts';
import { parseToken } from './submission.ts';
import { assertQuota, knownRun, type SubmitOptions } from './submit.ts';
import { type PlannedTask, parseTasks } from './task-request.ts';

/** How a run of a saved job was started. */
export interface JobStart {
  readonly creator: string;
  readonly trigger: TriggerKind;
  readonly overrides: RunOverrides;
  readonly token?: string;
  /** Whether it waits when too many runs are active. @defaultValue what the job says */
  readonly isQueued?: boolean;
}

/** Starts a run of a job as a body of run-now asks. https://docs.databricks.com/api/workspace/jobs/runnow */
export function runNow(job: JobRecord, body: Json, who: Identity, options: SubmitOptions): StoredRun {
  const fields = fieldsOf(body);
  const token = parseToken(fields);
  const isQueued = isQueuedBy(fields);
  return startJob(
    job,
    {
      creator: who.userName,
      trigger: 'ONE_TIME',
      overrides: parseOverrides(fields),
      ...(token === undefined ? {} : { token }),
      ...(isQueued === undefined ? {} : { isQueued }),
    },
    options,
  );
}

/** Stores a run of a job. Its clusters are held to their policies as these are at this moment. */
export function startJob(job: JobRecord, start: JobStart, options: SubmitOptions): StoredRun {
  const settings = settingsOf(job);
  // A token belongs to the job that it was given with.
  const stored = start.token === undefined ? undefined : `${job.job_id}:${start.token}`;
  const known = knownRun(options.db, start.token, stored);
  if (known !== undefined) return known;
  const runAs = identityOf(options.db, job.run_as);
  const tasks = planJobTasks(settings, start.overrides, runAs, options);
  assertQuota(options.db, runAs, tasks);
  return insertRun(
    options.db,
    {
      name: job.name,
      creator: start.creator,
      runAs: runAs.userName,
      request: stringifyJson(settings),
      timeoutSeconds: fieldsOf(settings).count('timeout_seconds', 0),
      ...(stored === undefined ? {} : { idempotencyToken: stored }),
      tasks,
      of: {
        jobId: job.job_id,
        trigger: start.trigger,
        overrides: stringifyJson(start.overrides),
        maxConcurrentRuns: maxConcurrentRunsOf(settings),
        isQueued: start.isQueued ?? isQueuedBy(fieldsOf(settings)) ?? false,
      },
    },
    options.now,
    options.firstRunId,
  );
}

/** The tasks of a job as a run with these overrides has them. */
export function planJobTasks(
  settings: JsonObject,
  overrides: RunOverrides,
  runAs: Identity,
  options: SubmitOptions,
): PlannedTask[] {
  const fields = fieldsOf(settings);
  const values = jobParameterValues(parseJobParameters(fields), overrides);
  const tasks = fields.list('tasks').filter(isObject);
  const chosen = chosenTasks(tasks, overrides.only);
  const overridden = chosen.map((task) => overriddenTask(task, overrides, values));
  return planTasks(parseTasks(fieldsOf({ ...settings, tasks: overridden })), runAs, options);
}

/** The tasks that `only` names; what they wait for and is not named, they do not wait for. */
function chosenTasks(tasks: readonly JsonObject[], only: readonly string[] | undefined): JsonObject[] {
  if (only === undefined) return [...tasks];
  const keys = tasks.map((task) => String(task.task_key));
  const unknown = only.find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw invalidParameter(
      `only names '${unknown}', which is not a task of the job. Tasks: ${keys.join(', ')}.`,
    );
  return tasks
    .filter((task) => only.includes(String(task.task_key)))
    .map((task) => {
      const before = fieldsOf(task).list('depends_on').filter(isObject);
      return { ...task, depends_on: before.filter((item) => only.includes(String(item.task_key))) };
    });
}
