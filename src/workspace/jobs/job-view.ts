import type { Json, JsonObject } from '../../core/json.ts';
import { isObject } from '../wire/fields.ts';
import type { JobsVersion } from './job-settings.ts';
import { pageArrays } from './paged-arrays.ts';
import { type JobRecord, settingsOf } from './saved-jobs.ts';

const LONG_LISTS = ['tasks', 'job_clusters', 'parameters', 'environments'];

/** A job as jobs/get answers it. https://docs.databricks.com/api/workspace/jobs/get */
export function renderJob(job: JobRecord, version: JobsVersion, pageToken?: string): JsonObject {
  const settings = settingsOf(job);
  if (version === '2.0') return { ...own(job), settings: singleTask(settings) };
  const shown = withClusterDefaults(settings);
  if (version === '2.1') return { ...own(job), settings: shown };
  const { reply, next } = pageArrays(shown, LONG_LISTS, pageToken);
  return { ...own(job), settings: reply, ...(next === undefined ? {} : { next_page_token: next }) };
}

/** A job as jobs/list answers it: its tasks only when asked for. */
export function renderListedJob(job: JobRecord, version: JobsVersion, isExpanded: boolean): JsonObject {
  if (version === '2.0') return renderJob(job, version);
  const settings = withClusterDefaults(settingsOf(job));
  if (isExpanded) {
    const { reply, next } = pageArrays(settings, LONG_LISTS, undefined);
    return { ...head(job), settings: reply, ...(next === undefined ? {} : { has_more: true }) };
  }
  const { tasks: _tasks, job_clusters: _clusters, environments: _environments, ...rest } = settings;
  return { ...head(job), settings: rest };
}

/** What only the reply about one job says. */
function own(job: JobRecord): JsonObject {
  return { ...head(job), run_as_user_name: job.run_as };
}

function head(job: JobRecord): JsonObject {
  return {
    job_id: job.job_id,
    creator_user_name: job.creator,
    created_time: job.created,
  };
}

/** The older form of a job with one task; a job with several stays as it is. */
function singleTask(settings: JsonObject): JsonObject {
  const { tasks, ...rest } = withClusterDefaults(settings);
  const [task] = Array.isArray(tasks) ? tasks : [];
  if (settings.format !== 'SINGLE_TASK' || !isObject(task)) return { ...rest, tasks: tasks ?? [] };
  const { task_key: _key, run_if: _runIf, ...own } = task;
  return { ...own, ...rest };
}

/** What the service adds to a cluster that leaves it out. */
function withClusterDefaults(settings: JsonObject): JsonObject {
  return {
    ...settings,
    ...mapped(settings, 'tasks'),
    ...mapped(settings, 'job_clusters'),
  };
}

function mapped(settings: JsonObject, name: string): JsonObject {
  const list = settings[name];
  return Array.isArray(list) ? { [name]: list.map(withDefaults) } : {};
}

function withDefaults(item: Json): Json {
  if (!isObject(item) || !isObject(item.new_cluster)) return item;
  const defaults = { data_security_mode: 'SINGLE_USER', enable_elastic_disk: false };
  return { ...item, new_cluster: { ...defaults, ...item.new_cluster } };
}
