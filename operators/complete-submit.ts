import type { Json, JsonObject } from '../src/core/json.ts';
import { sha256Hex } from '../src/core/sha256.ts';
import { type TaskTags, tagLines } from '../src/telemetry/task-tags.ts';
import { attemptToken, pinned, runIdTag, teamPath, teamVariable, upstreamTasks } from './jinja-text.ts';
import type { OperatorPlan } from './operator-definition.ts';
import { scriptVariables } from './script-variables.ts';
import type { RouteFacts } from './table-route.ts';

/** Everything that a request takes beside what its operator planned. */
export interface SubmitFacts {
  readonly dagId: string;
  readonly taskId: string;
  readonly team: string;
  readonly tags: TaskTags;
  /** How the task reaches its tables. */
  readonly route: RouteFacts;
}

const MAX_TASK_KEY = 100;

/** The body of `runs/submit` with all that every task has: names, policy, tags, access list, token, queue. */
export function completeSubmit(plan: OperatorPlan, facts: SubmitFacts): JsonObject {
  const { dagId, taskId, team } = facts;
  const { tasks, access_control_list: given, ...rest } = plan.submit;
  const list = Array.isArray(tasks) ? (tasks as readonly JsonObject[]) : [];
  return {
    run_name: `${dagId}.${taskId}`,
    tasks: list.map((task, index) =>
      completeTask(task, list.length === 1 ? '' : `_${index + 1}`, plan, facts),
    ),
    access_control_list: accessControlList(team, plan.viewers ?? [], given),
    ...rest,
    idempotency_token: attemptToken(team),
    queue: rest.queue ?? { enabled: true },
  };
}

function completeTask(task: JsonObject, ending: string, plan: OperatorPlan, facts: SubmitFacts): JsonObject {
  const { new_cluster: cluster, ...rest } = task;
  return {
    task_key: taskKey(`${facts.taskId}${ending}`),
    ...rest,
    ...(isObject(cluster) ? { new_cluster: completeCluster(cluster, plan, facts) } : {}),
  };
}

/** Only what the policy leaves open; the policy brings machine type, runtime and instance profile. */
function completeCluster(cluster: JsonObject, plan: OperatorPlan, facts: SubmitFacts): JsonObject {
  const { spark_conf, spark_env_vars, custom_tags, ...rest } = cluster;
  const isSized = 'num_workers' in cluster || 'autoscale' in cluster;
  return {
    policy_id: teamVariable(facts.team, 'cluster_policy_id'),
    apply_policy_default_values: true,
    ...(isSized ? {} : { autoscale: { min_workers: 1, max_workers: 2 } }),
    ...rest,
    // Lets those who may view a run see its driver log (https://docs.databricks.com/aws/en/jobs/privileges).
    spark_conf: { 'spark.databricks.acl.needAdminPermissionToViewLogs': 'false', ...objectOf(spark_conf) },
    spark_env_vars: { ...objectOf(spark_env_vars), ...environmentVariables(plan, facts) },
    custom_tags: { ...objectOf(custom_tags), ...customTags(plan, facts) },
  };
}

function environmentVariables(plan: OperatorPlan, facts: SubmitFacts): JsonObject {
  const { dagId, taskId, team, tags } = facts;
  return {
    ...scriptVariables(facts.route),
    DD_SERVICE: tags.project ?? tags.dag ?? '',
    DD_ENV: teamVariable(team, 'environment'),
    ...(plan.artifacts === undefined ? {} : { DD_VERSION: pinned('version') }),
    DD_TAGS: `${tagLines(tags).join(',')}{{ ([''] + ${teamPath(team, 'datadog.tags')}) | join(',') }}`,
    // A submitted run has a job of its own: the name is what Datadog can follow from run to run.
    DD_JOB_NAME: `${dagId}.${taskId}`,
    HERMES_UPSTREAM_TASKS: upstreamTasks,
  };
}

/**
 * Tags that Hermes knows when it plans are normal already. Those that the run fills in fit as they are: a version
 * (PEP 440), a commit (hexadecimal), the name of an environment, the id of a DAG run (Airflow's `allowed_run_id_pattern`).
 */
function customTags(plan: OperatorPlan, { team, tags }: SubmitFacts): JsonObject {
  return {
    ...tags,
    dag_run: runIdTag,
    ...(plan.artifacts === undefined ? {} : { version: pinned('version'), commit: pinned('commit') }),
    environment: teamVariable(team, 'environment'),
  };
}

/** The team manages its runs, whatever the operator says; each other group is named once. */
function accessControlList(team: string, viewers: readonly string[], given: Json | undefined): Json[] {
  const others = [...new Set(viewers)].filter((group) => group !== team);
  return [
    { group_name: team, permission_level: 'CAN_MANAGE_RUN' },
    ...others.map((group) => ({ group_name: group, permission_level: 'CAN_VIEW' })),
    ...(Array.isArray(given) ? (given as readonly Json[]) : []),
  ];
}

/** A task id as a key of Databricks: letters, digits, `-` and `_`, at most 100; a long one keeps a hash of the whole. */
export function taskKey(taskId: string): string {
  const clean = taskId.replace(/[^A-Za-z0-9_-]/g, '_');
  if (clean.length <= MAX_TASK_KEY) return clean;
  const hash = sha256Hex(taskId).slice(0, 8);
  return `${clean.slice(0, MAX_TASK_KEY - hash.length - 1)}_${hash}`;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
