import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json, JsonObject } from '../../core/json.ts';
import { type Grant, parseGrants } from '../identity/permissions.ts';
import type { EvaluatedCluster } from '../policies/policy-evaluator.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';

/** One task of a submitted run, checked. */
export interface TaskRequest {
  readonly taskKey: string;
  readonly dependsOn: readonly string[];
  /** As given: `file:///…` or an absolute path. */
  readonly pythonFile: string;
  readonly parameters: readonly string[];
  /** Wheels as given, in order. */
  readonly wheels: readonly string[];
  readonly newCluster: JsonObject;
  /** 0 = none. */
  readonly timeoutSeconds: number;
  /** Attempts after the first; -1 = for ever. */
  readonly maxRetries: number;
  readonly minRetryIntervalMs: number;
  readonly retryOnTimeout: boolean;
  /** The task as it was sent, for runs/get. */
  readonly asSent: JsonObject;
}

/** A task with its cluster after the policy: what is stored and run. */
export interface PlannedTask extends TaskRequest {
  readonly evaluated: EvaluatedCluster;
}

/** The body of `runs/submit`, checked. https://docs.databricks.com/api/workspace/jobs/submit */
export interface Submission {
  readonly runName: string;
  /** 0 = none. */
  readonly timeoutSeconds: number;
  readonly idempotencyToken?: string;
  readonly grants: readonly Grant[];
  readonly tasks: readonly TaskRequest[];
}

const TASK_KINDS = [
  'notebook_task',
  'spark_jar_task',
  'spark_submit_task',
  'python_wheel_task',
  'pipeline_task',
  'sql_task',
  'dbt_task',
  'run_job_task',
  'condition_task',
  'for_each_task',
];

/** Reads and checks a submit. @throws ApiError at the first thing that this workspace does not take. */
export function parseSubmission(body: Json): Submission {
  const fields = fieldsOf(body);
  const token = fields.text('idempotency_token');
  if (token !== undefined && token.length > 64)
    throw invalidParameter('The idempotency token must have at most 64 characters.');
  const sent = fields.list('tasks');
  // A body without `tasks` is the older form: the one task's fields stand at the top.
  const tasks = (sent.length > 0 ? sent : [{ ...fields.value, task_key: 'main' }]).map((task, index) =>
    parseTask(fieldsOf(task, sent.length > 0 ? `tasks[${index}].` : ''), sent.length > 0),
  );
  assertGraph(tasks);
  return {
    runName: fields.text('run_name') ?? 'Untitled',
    timeoutSeconds: fields.count('timeout_seconds', 0),
    ...(token ? { idempotencyToken: token } : {}),
    grants: parseGrants(fields.list('access_control_list'), 'jobs'),
    tasks,
  };
}

/** The path behind `file:///…` or an absolute path; undefined for any other scheme. */
export function localPath(location: string): string | undefined {
  if (isAbsolute(location)) return location;
  if (!location.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(location);
  } catch {
    return undefined;
  }
}

function parseTask(fields: Fields, isListed: boolean): TaskRequest {
  const taskKey = fields.requiredText('task_key');
  if (!/^[\w-]{1,100}$/.test(taskKey))
    throw invalidParameter(
      `Task key ${JSON.stringify(taskKey)} is invalid: 1 to 100 letters, digits, '-' and '_' are allowed.`,
    );
  const other = TASK_KINDS.find((kind) => fields.value[kind] !== undefined);
  if (other !== undefined)
    throw invalidParameter(`Task ${taskKey} is a ${other}; this workspace runs spark_python_task only.`);
  const runIf = fields.text('run_if') ?? 'ALL_SUCCESS';
  if (runIf !== 'ALL_SUCCESS')
    throw invalidParameter(`Task ${taskKey} has run_if ${runIf}; this workspace knows ALL_SUCCESS only.`);
  const python = fieldsOf(fields.object('spark_python_task') ?? missing(taskKey), 'spark_python_task.');
  return {
    taskKey,
    dependsOn: fields
      .list('depends_on')
      .map((item) => fieldsOf(item, 'depends_on.').requiredText('task_key')),
    pythonFile: local(python.requiredText('python_file'), 'python_file'),
    parameters: parametersOf(python),
    wheels: fields.list('libraries').map(wheelOf),
    newCluster: clusterOf(fields),
    timeoutSeconds: isListed ? fields.count('timeout_seconds', 0) : 0,
    maxRetries: fields.count('max_retries', 0, -1),
    minRetryIntervalMs: fields.count('min_retry_interval_millis', 0),
    retryOnTimeout: fields.flag('retry_on_timeout') ?? false,
    asSent: fields.value,
  };
}

function missing(taskKey: string): never {
  throw invalidParameter(`Task ${taskKey} has no spark_python_task: this workspace runs nothing else.`);
}

function clusterOf(fields: Fields): JsonObject {
  const existing = fields.text('existing_cluster_id');
  if (existing !== undefined) throw invalidParameter(`Cluster ${existing} does not exist`);
  const cluster = fields.object('new_cluster');
  if (cluster === undefined)
    throw invalidParameter('One of job_cluster_key, new_cluster, or existing_cluster_id must be specified.');
  return cluster;
}

/** Whether a location is an object of a bucket. */
export function isObject(location: string): boolean {
  return /^s3:\/\/[^/]+\/./.test(location);
}

function local(location: string, name: string): string {
  if (localPath(location) !== undefined || isObject(location)) return location;
  throw invalidParameter(
    `${name} ${JSON.stringify(location)} cannot be read by this workspace. Supported: file:///absolute/path, /absolute/path and s3://bucket/key.`,
  );
}

function wheelOf(item: Json): string {
  const library = fieldsOf(item, 'libraries.');
  const [kind = 'nothing'] = Object.keys(library.value);
  if (kind !== 'whl')
    throw invalidParameter(`Libraries of kind ${kind} are not supported here. Supported: whl.`);
  return local(library.requiredText('whl'), 'whl');
}

function parametersOf(python: Fields): string[] {
  const parameters = python.list('parameters').map((item) => {
    if (typeof item === 'object') throw invalidParameter('spark_python_task.parameters must be strings.');
    return String(item);
  });
  if (parameters.some((text) => text.includes('\0')))
    throw invalidParameter('spark_python_task.parameters must not hold NUL characters.');
  if (Buffer.byteLength(JSON.stringify(parameters)) > 10_000)
    throw invalidParameter('The parameters of a task must not exceed 10,000 bytes as JSON.');
  return parameters;
}

function assertGraph(tasks: readonly TaskRequest[]): void {
  const keys = tasks.map((task) => task.taskKey);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined)
    throw invalidParameter(`Task key '${twice}' is used twice; it must be unique in the run.`);
  for (const task of tasks) {
    const unknown = task.dependsOn.find((key) => !keys.includes(key));
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
  const stuck = keys.filter((key) => !done.has(key));
  if (stuck.length > 0)
    throw invalidParameter(`Tasks depend on each other in a circle: ${stuck.join(', ')}.`);
}
