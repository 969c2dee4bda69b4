import type { Json, JsonObject } from '../../core/json.ts';
import type { Identity } from '../identity/users.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf, isObject } from '../wire/fields.ts';
import { parseJobTrigger } from './job-trigger.ts';
import { type ClusterRules, evaluateCluster } from './plan-tasks.ts';
import { checkReferences } from './references.ts';
import { parseJobParameters } from './run-overrides.ts';
import { refuseUnsupported } from './submission.ts';
import { noTasks, parseTasks } from './task-request.ts';

/** Versions of the Jobs API: 2.0 knows one task, 2.1 lists, 2.2 pages what is long and queues runs. */
export type JobsVersion = '2.0' | '2.1' | '2.2';

/** Fields of the older form, in which a job is its one task. */
const SINGLE_TASK_FIELDS = [
  'new_cluster',
  'existing_cluster_id',
  'libraries',
  'spark_python_task',
  'python_wheel_task',
  'notebook_task',
  'spark_jar_task',
  'spark_submit_task',
  'max_retries',
  'min_retry_interval_millis',
  'retry_on_timeout',
];
// Not part of what is stored as settings.
const OF_THE_REQUEST = ['access_control_list', 'job_id', 'run_as'];
const MAXIMUM_CONCURRENT_RUNS = 1_000;
const NAME_BYTES = 4_096;

/**
 * Settings of a job as they are stored and echoed: checked, with the defaults of the service, and with the policy of
 * each cluster expanded into it. @throws ApiError at the first mistake
 */
export function planSettings(
  body: JsonObject,
  runAs: Identity,
  rules: ClusterRules,
  version: JobsVersion,
): JsonObject {
  const listed = asTasks(body);
  const fields = fieldsOf(listed);
  refuseUnsupported(fields);
  checkReferences(parseTasks(fields), new Set(parseJobParameters(fields).map(({ name }) => name)));
  parseJobTrigger(fields);
  isQueuedBy(fields);
  const name = nameOf(fields);
  const expand = (item: JsonObject): JsonObject =>
    isObject(item.new_cluster) ? { ...item, new_cluster: expanded(item.new_cluster, runAs, rules) } : item;
  const clusters = objects(fields.list('job_clusters'));
  return {
    email_notifications: {},
    webhook_notifications: {},
    format: 'MULTI_TASK',
    ...(version === '2.2' ? { queue: { enabled: true } } : {}),
    ...Object.fromEntries(Object.entries(listed).filter(([field]) => !OF_THE_REQUEST.includes(field))),
    name,
    timeout_seconds: fields.count('timeout_seconds', 0),
    max_concurrent_runs: maxConcurrentRunsOf(listed),
    tasks: objects(fields.list('tasks')).map((task) => withTaskDefaults(expand(task))),
    ...(clusters.length === 0 ? {} : { job_clusters: clusters.map(expand) }),
  };
}

/** Whether `queue` lets runs wait when too many are active; undefined when it says nothing. */
export function isQueuedBy(fields: Fields): boolean | undefined {
  const queue = fields.object('queue');
  return queue === undefined ? undefined : fieldsOf(queue, 'queue.').flag('enabled');
}

/** Settings after a partial update: lists of tasks and clusters are merged by key, other fields are replaced. */
export function mergeSettings(
  settings: JsonObject,
  change: JsonObject,
  remove: readonly string[],
): JsonObject {
  const kept = remove.reduce<JsonObject>(without, settings);
  const merged = (name: 'tasks' | 'job_clusters', key: string): JsonObject => {
    const given = change[name];
    if (!Array.isArray(given)) return {};
    const old = Array.isArray(kept[name]) ? objects(kept[name]) : [];
    const entries = [...old, ...objects(given)].map(
      (item) => [fieldsOf(item, `${name}.`).text(key), item] as const,
    );
    return { [name]: [...new Map(entries).values()] };
  };
  return {
    ...kept,
    ...change,
    ...merged('tasks', 'task_key'),
    ...merged('job_clusters', 'job_cluster_key'),
  };
}

/** Runs of a job that may be active at once. @throws ApiError beyond what the service takes */
export function maxConcurrentRunsOf(settings: JsonObject): number {
  const found = fieldsOf(settings).count('max_concurrent_runs', 1);
  if (found > MAXIMUM_CONCURRENT_RUNS)
    throw invalidParameter(`max_concurrent_runs must be at most ${MAXIMUM_CONCURRENT_RUNS} (is ${found}).`);
  return found;
}

function nameOf(fields: Fields): string {
  const name = fields.text('name') || 'Untitled';
  if (Buffer.byteLength(name) > NAME_BYTES)
    throw invalidParameter(`The name of a job must not be longer than ${NAME_BYTES} bytes.`);
  return name;
}

/** The older form of a job as a job with one task. */
function asTasks(body: JsonObject): JsonObject {
  if (Array.isArray(body.tasks) && body.tasks.length > 0) return body;
  const own = SINGLE_TASK_FIELDS.filter((name) => body[name] !== undefined);
  if (own.length === 0)
    throw body.tasks === undefined ? invalidParameter('Missing required field: tasks') : noTasks();
  const task = Object.fromEntries(own.map((name) => [name, body[name] ?? null]));
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !own.includes(name)));
  return { ...rest, format: 'SINGLE_TASK', tasks: [{ task_key: 'main', ...task }] };
}

function expanded(cluster: JsonObject, runAs: Identity, rules: ClusterRules): JsonObject {
  const { spec } = evaluateCluster(cluster, runAs, rules);
  const { apply_policy_default_values: _consumed, ...rest } = spec;
  return rest;
}

function withTaskDefaults(task: JsonObject): JsonObject {
  return {
    run_if: 'ALL_SUCCESS',
    timeout_seconds: 0,
    email_notifications: {},
    webhook_notifications: {},
    ...task,
  };
}

function without(settings: JsonObject, path: string): JsonObject {
  const [name = '', key] = path.split('/');
  const list = settings[name];
  if (key !== undefined && Array.isArray(list)) {
    const kept = objects(list).filter((item) => item.task_key !== key && item.job_cluster_key !== key);
    return { ...settings, [name]: kept };
  }
  return Object.fromEntries(Object.entries(settings).filter(([field]) => field !== name));
}

function objects(list: readonly Json[]): JsonObject[] {
  return list.filter((item): item is JsonObject => isObject(item));
}
