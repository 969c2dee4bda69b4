import type { Json, JsonObject } from '../../core/json.ts';
import type { EvaluatedCluster } from '../policies/policy-evaluator.ts';
import { type ApiError, invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { parseEnvironments, parseLibraries } from './parse-libraries.ts';
import { parseWork } from './parse-work.ts';
import { parseRunIf, type RunIf } from './run-if.ts';
import { assertGraph } from './task-graph.ts';
import type { TaskLibrary, TaskWork } from './task-work.ts';

/** One task of a run or a job, checked. */
export interface TaskRequest {
  readonly taskKey: string;
  readonly dependsOn: readonly string[];
  readonly runIf: RunIf;
  readonly work: TaskWork;
  /** In the order given. */
  readonly libraries: readonly TaskLibrary[];
  /** Empty for a serverless task. */
  readonly newCluster: JsonObject;
  /** It runs without a cluster of its own: none is made, and none can be asked for. */
  readonly isServerless: boolean;
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

/** What tasks may refer to by a key: clusters of a job, environments of a serverless job. */
interface Shared {
  readonly clusters: ReadonlyMap<string, JsonObject>;
  readonly environments: ReadonlyMap<string, readonly TaskLibrary[]>;
}

const MAXIMUM_TASKS = 1_000;

/** Reads the tasks of a body of runs/submit or of the settings of a job. @throws ApiError at the first mistake. */
export function parseTasks(fields: Fields): TaskRequest[] {
  const sent = fields.list('tasks');
  if (sent.length > MAXIMUM_TASKS)
    throw invalidParameter(`A job has at most ${MAXIMUM_TASKS} tasks (is ${sent.length}).`);
  if (sent.length === 0 && fields.value.tasks !== undefined && !isSingleTask(fields.value)) throw noTasks();
  const shared = {
    clusters: parseClusters(fields.list('job_clusters')),
    environments: parseEnvironments(fields.list('environments')),
  };
  // A body without `tasks` is the older form: the one task's fields stand at the top.
  const tasks =
    sent.length > 0
      ? sent.map((task, index) => parseTask(fieldsOf(task, `tasks[${index}].`), shared))
      : [
          {
            ...parseTask(fieldsOf({ ...fields.value, task_key: keyOfName(fields) }), shared),
            timeoutSeconds: 0,
          },
        ];
  assertGraph(tasks);
  return tasks;
}

/** What is said to an empty list of tasks. */
export function noTasks(): ApiError {
  return invalidParameter('The field tasks is empty: give at least one task.');
}

function isSingleTask(body: JsonObject): boolean {
  return Object.keys(body).some((name) => name.endsWith('_task'));
}

function parseTask(fields: Fields, shared: Shared): TaskRequest {
  const taskKey = fields.requiredText('task_key');
  if (!/^[\w-]{1,100}$/.test(taskKey))
    throw invalidParameter(
      `Task key ${JSON.stringify(taskKey)} is invalid: 1 to 100 letters, digits, '-' and '_' are allowed.`,
    );
  if (fields.flag('disabled') ?? false)
    throw invalidParameter(
      `Task ${taskKey} is disabled: this workspace runs every task. Leave it out instead.`,
    );
  const runIf = parseRunIf(fields.text('run_if'), taskKey);
  const work = parseWork(fields, taskKey);
  const libraries = parseLibraries(fields.list('libraries'));
  const compute = computeOf(fields, work, shared);
  return {
    taskKey,
    dependsOn: dependenciesOf(fields),
    runIf,
    work,
    libraries: [...libraries, ...compute.libraries],
    newCluster: compute.newCluster,
    isServerless: compute.isServerless,
    timeoutSeconds: fields.count('timeout_seconds', 0),
    maxRetries: fields.count('max_retries', 0, -1),
    minRetryIntervalMs: fields.count('min_retry_interval_millis', 0),
    retryOnTimeout: fields.flag('retry_on_timeout') ?? false,
    asSent: fields.value,
  };
}

/** The one task of the older form is called as its run, so far as a key can be. */
function keyOfName(fields: Fields): string {
  const name = fields.text('run_name') || 'Untitled';
  return name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 100);
}

function dependenciesOf(fields: Fields): string[] {
  return fields.list('depends_on').map((item) => fieldsOf(item, 'depends_on.').requiredText('task_key'));
}

interface TaskCompute {
  readonly newCluster: JsonObject;
  readonly isServerless: boolean;
  readonly libraries: readonly TaskLibrary[];
}

function computeOf(fields: Fields, work: TaskWork, shared: Shared): TaskCompute {
  const existing = fields.text('existing_cluster_id');
  if (existing) throw invalidParameter(`Cluster ${existing} does not exist`);
  const own = fields.object('new_cluster');
  if (own !== undefined) return { newCluster: own, isServerless: false, libraries: [] };
  const clusterKey = fields.text('job_cluster_key');
  if (clusterKey) {
    const newCluster = shared.clusters.get(clusterKey);
    if (newCluster === undefined)
      throw invalidParameter(
        `Job cluster key '${clusterKey}' is not defined in field 'job_clusters'.${known(shared.clusters)}`,
      );
    return { newCluster, isServerless: false, libraries: [] };
  }
  const environmentKey = fields.text('environment_key');
  if (environmentKey) {
    const libraries = shared.environments.get(environmentKey);
    if (libraries === undefined)
      throw invalidParameter(
        `Environment key '${environmentKey}' is not defined in field 'environments'.${known(shared.environments)}`,
      );
    return { newCluster: {}, isServerless: true, libraries };
  }
  if (work.kind !== 'notebook')
    throw invalidParameter('One of job_cluster_key, new_cluster, or existing_cluster_id must be specified.');
  return { newCluster: {}, isServerless: true, libraries: [] };
}

function known(keys: ReadonlyMap<string, unknown>): string {
  return keys.size === 0 ? '' : ` Defined: ${[...keys.keys()].join(', ')}.`;
}

function parseClusters(list: readonly Json[]): ReadonlyMap<string, JsonObject> {
  return new Map(
    list.map((item, index) => {
      const cluster = fieldsOf(item, `job_clusters[${index}].`);
      const key = cluster.requiredText('job_cluster_key');
      const spec = cluster.object('new_cluster');
      if (spec === undefined) throw invalidParameter(`Job cluster '${key}' has no new_cluster.`);
      return [key, spec];
    }),
  );
}
