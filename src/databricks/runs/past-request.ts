import type { Json, JsonObject } from '../../core/json.ts';
import { list, object, text } from './parse-run.ts';

/** What a run was asked to do, as far as the workspace still tells, in the form of a fresh request. */
export interface PastRequest {
  /** Body of `runs/submit` without a token. Clusters are as the policy made them. */
  readonly body: JsonObject;
  /** Why it cannot be asked again; empty when it can. */
  readonly obstacles: readonly string[];
  /** What would be otherwise than the time before. */
  readonly remarks: readonly string[];
}

/** Kinds of tasks of which the reply holds everything (https://docs.databricks.com/api/workspace/jobs/getrun). */
const KINDS = [
  'spark_python_task',
  'python_wheel_task',
  'notebook_task',
  'spark_jar_task',
  'spark_submit_task',
  'sql_task',
  'dbt_task',
  'pipeline_task',
];
const TASK_FIELDS = [
  'task_key',
  'description',
  'libraries',
  'run_if',
  'max_retries',
  'min_retry_interval_millis',
  'retry_on_timeout',
  'existing_cluster_id',
  'environment_key',
];
const RUN_FIELDS = ['run_name', 'environments', 'tags', 'budget_policy_id'];

/**
 * Builds the request of a run from the reply of `runs/get`, all pages of tasks in one.
 * @param permissions Reply of the permissions API for the run's job; undefined when it may not be read
 */
export function parsePastRequest(run: JsonObject, permissions: JsonObject | undefined): PastRequest {
  const tasks = latestAttempts(list(run.tasks));
  const keys = new Set(tasks.map((task) => text(task.task_key)));
  const shared = sharedClusters(tasks);
  const unread =
    'its access list cannot be read: only you and the administrators will see the run that repeats it';
  return {
    body: {
      ...picked(run, RUN_FIELDS),
      ...timeout(run),
      ...gitSource(run),
      tasks: tasks.map((task) => taskRequest(task, list(run.job_clusters), keys)),
      ...(permissions === undefined ? {} : { access_control_list: accessList(permissions) }),
      queue: { enabled: true },
    },
    obstacles: tasks.length === 0 ? ['the workspace tells no task of it'] : tasks.flatMap(obstaclesOf),
    remarks: [
      ...shared.map((key) => `tasks shared the cluster ${key}: each gets one of its own`),
      ...(permissions === undefined ? [unread] : []),
    ],
  };
}

/** A task that was tried again, or repaired, appears once per attempt. */
function latestAttempts(tasks: readonly JsonObject[]): readonly JsonObject[] {
  const latest = new Map<string, JsonObject>();
  for (const task of tasks) {
    const other = latest.get(text(task.task_key));
    if (Number(other?.attempt_number ?? -1) <= Number(task.attempt_number ?? 0))
      latest.set(text(task.task_key), task);
  }
  // Asked for by its own id, a task run may come without its key.
  return [...latest.values()].map((task) =>
    text(task.task_key) === '' ? { ...task, task_key: 'task' } : task,
  );
}

function taskRequest(
  task: JsonObject,
  jobClusters: readonly JsonObject[],
  keys: ReadonlySet<string>,
): JsonObject {
  const kind = kindOf(task);
  const dependsOn = list(task.depends_on).filter((each) => keys.has(text(each.task_key)));
  return {
    ...picked(task, TASK_FIELDS),
    ...(kind === undefined ? {} : { [kind]: resolved(task, kind) }),
    ...clusterOf(task, jobClusters),
    ...(dependsOn.length === 0 ? {} : { depends_on: dependsOn }),
    ...timeout(task),
  };
}

/** A submit knows no shared clusters, and Databricks names each itself. */
function clusterOf(task: JsonObject, jobClusters: readonly JsonObject[]): { new_cluster?: JsonObject } {
  const key = text(task.job_cluster_key);
  const shared = key === '' ? undefined : jobClusters.find((one) => text(one.job_cluster_key) === key);
  const { cluster_name: _name, ...cluster } = object(task.new_cluster ?? shared?.new_cluster);
  return Object.keys(cluster).length === 0 ? {} : { new_cluster: cluster };
}

function kindOf(task: JsonObject): string | undefined {
  return KINDS.find((kind) => task[kind] !== undefined);
}

/** Parameters with the values that they had in that run, where they refer to something. */
function resolved(task: JsonObject, kind: string): JsonObject {
  return { ...object(task[kind]), ...object(object(task.resolved_values)[kind]) };
}

function obstaclesOf(task: JsonObject): readonly string[] {
  const key = text(task.task_key);
  if (kindOf(task) === undefined) {
    const kind = Object.keys(task).find((name) => name.endsWith('_task')) ?? 'of a kind that is not told';
    return [`task ${key} is ${kind}, of which the workspace does not tell everything`];
  }
  const places = ['new_cluster', 'existing_cluster_id', 'environment_key', 'job_cluster_key'];
  const needsPlace = !['sql_task', 'pipeline_task', 'notebook_task'].includes(kindOf(task) ?? '');
  return needsPlace && places.every((name) => task[name] === undefined)
    ? [`task ${key} has no cluster in what the workspace tells`]
    : [];
}

function sharedClusters(tasks: readonly JsonObject[]): readonly string[] {
  const keys = tasks.map((task) => text(task.job_cluster_key)).filter((key) => key !== '');
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
}

/** The very commit that ran, not what its branch holds by now. */
function gitSource(run: JsonObject): { git_source?: JsonObject } {
  const { git_snapshot, ...source } = object(run.git_source);
  if (Object.keys(source).length === 0) return {};
  const commit = text(object(git_snapshot).used_commit);
  if (commit === '') return { git_source: source };
  const { git_url = '', git_provider = '' } = source;
  return { git_source: { git_url, git_provider, git_commit: commit } };
}

function timeout(body: JsonObject): { timeout_seconds?: Json } {
  return Number(body.timeout_seconds ?? 0) > 0 ? { timeout_seconds: Number(body.timeout_seconds) } : {};
}

/** Grants that were given to the run itself; whoever asks again becomes the owner. */
function accessList(permissions: JsonObject): readonly JsonObject[] {
  return list(permissions.access_control_list).flatMap((entry) => {
    const who = ['user_name', 'group_name', 'service_principal_name'].find(
      (name) => text(entry[name]) !== '',
    );
    const own = list(entry.all_permissions).filter(
      ({ inherited, permission_level: level }) => inherited !== true && level !== 'IS_OWNER',
    );
    return who === undefined
      ? []
      : own.map(({ permission_level: level }) => ({
          [who]: text(entry[who]),
          permission_level: text(level),
        }));
  });
}

function picked(body: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]] as const])),
  );
}
