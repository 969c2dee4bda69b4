import type { JsonObject } from '../../core/json.ts';
import { type ClusterRecord, clusterById, effectiveSpec } from '../compute/clusters.ts';
import type { Database } from '../state/database.ts';
import { topOfTask } from './legacy-run.ts';
import { jobFacts, repairHistory } from './run-job-view.ts';
import { lifeOfRun } from './run-state.ts';
import {
  lastAttempts,
  type RunRecord,
  requestOf,
  type TaskLife,
  type TaskRecord,
  taskLives,
  tasksOf,
} from './runs.ts';
import { stateOf } from './state-view.ts';
import type { PlannedTask } from './task-request.ts';
import type { TaskWork } from './task-work.ts';

/** Lists of a run that may be long, see `pageArrays`. */
export const LONG_LISTS_OF_RUN = ['tasks', 'job_clusters', 'job_parameters', 'repair_history'] as const;

/** Facts that replies hold but the database does not. */
export interface ViewContext {
  readonly db: Database;
  /** Where the server can be reached at this moment, without a trailing slash. */
  readonly url: string;
}

/** A run as runs/get answers it. https://docs.databricks.com/api/workspace/jobs/getrun */
export function renderRun(context: ViewContext, run: RunRecord, shown: Shown = {}): JsonObject {
  const tasks = tasksOf(context.db, run.run_id);
  return {
    ...renderHead(context, run, tasks),
    ...jobFacts(run),
    ...(shown.history === true ? repairHistory(context.db, run, tasks) : {}),
    tasks: tasks.map((task) => renderTask(context, run, task, shown)),
  };
}

/** What a request for a run asks for beside it. */
interface Shown {
  readonly history?: boolean | undefined;
  /** Parameters with the values that their references had. */
  readonly resolvedValues?: boolean | undefined;
}

/** A run as runs/list answers it: without its tasks. */
export function renderListedRun(context: ViewContext, run: RunRecord): JsonObject {
  return renderHead(context, run, taskLives(context.db, run.run_id));
}

function renderHead(context: ViewContext, run: RunRecord, tasks: readonly TaskLife[]): JsonObject {
  const life = run.life ?? lifeOfRun(lastAttempts(tasks).map((task) => task.life));
  const starts = tasks.flatMap((task) => task.pending_at ?? []);
  const started = starts.length === 0 ? run.submitted : Math.min(...starts);
  return {
    ...identity(context, run, run.run_id),
    run_type: runType(run),
    ...stateOf({ ...run, life }, run.intent !== null, run.held !== null),
    start_time: run.submitted,
    end_time: run.ended ?? 0,
    setup_duration: 0,
    execution_duration: 0,
    cleanup_duration: 0,
    run_duration: run.ended === null ? 0 : run.ended - run.submitted,
    queue_duration: Math.max(0, started - run.submitted),
    trigger: run.trigger_kind ?? 'ONE_TIME',
    timeout_seconds: run.timeout_seconds,
  };
}

function runType(run: RunRecord): 'SUBMIT_RUN' | 'JOB_RUN' {
  return run.trigger_kind === null ? 'SUBMIT_RUN' : 'JOB_RUN';
}

/** A task run asked for by its own id: a run that says at its top what its one task does and where. */
export function renderTaskRun(context: ViewContext, run: RunRecord, task: TaskRecord): JsonObject {
  const whole = renderTask(context, run, task);
  const atTop = Object.entries(whole).filter(([name]) => !OF_TASKS_ONLY.includes(name));
  return {
    ...Object.fromEntries(atTop),
    ...identity(context, run, task.run_id),
    ...topOfTask(whole),
    job_run_id: run.run_id,
    run_type: runType(run),
    trigger: run.trigger_kind ?? 'ONE_TIME',
    tasks: [whole],
  };
}

/** Address of a run's page; computed, so that it is right after the server moved to another port. */
function runPageUrl(context: ViewContext, jobId: bigint, runId: bigint): string {
  return `${context.url}/jobs/${jobId}/runs/${runId}`;
}

function identity(context: ViewContext, run: RunRecord, id: bigint): JsonObject {
  return {
    job_id: run.job_id,
    run_id: id,
    number_in_job: id,
    creator_user_name: run.creator,
    run_name: run.name,
    run_page_url: runPageUrl(context, run.job_id, id),
  };
}

function renderTask(context: ViewContext, run: RunRecord, task: TaskRecord, shown: Shown = {}): JsonObject {
  const request = requestOf(task);
  const cluster = task.cluster_id === null ? undefined : clusterById(context.db, task.cluster_id);
  return {
    ...renderAsked(request, cluster),
    run_id: task.run_id,
    attempt_number: task.attempt,
    run_page_url: runPageUrl(context, run.job_id, task.run_id),
    ...(shown.resolvedValues === true ? { resolved_values: resolvedValues(request.work) } : {}),
    ...stateOf(task, task.result === 'CANCELED' || task.result === 'TIMEDOUT', run.held !== null),
    start_time: task.pending_at ?? 0,
    end_time: task.ended_at ?? 0,
    ...durations(task),
    ...instanceOf(cluster),
  };
}

/** What a task was asked to do, as the settings of a job say it. */
export function renderAsked(request: PlannedTask, cluster?: ClusterRecord): JsonObject {
  return {
    ...echo(request.asSent, ECHOED_OF_TASK),
    task_key: request.taskKey,
    run_if: request.runIf,
    depends_on: request.dependsOn.map((key) => ({ task_key: key })),
    ...computeOf(request, cluster),
    timeout_seconds: request.timeoutSeconds,
  };
}

const ECHOED_OF_TASK = [
  'description',
  'spark_python_task',
  'python_wheel_task',
  'notebook_task',
  'libraries',
  'max_retries',
  'min_retry_interval_millis',
  'retry_on_timeout',
  'email_notifications',
  'webhook_notifications',
  'job_cluster_key',
  'environment_key',
];

// Fields of a task that a run does not have at its top.
const OF_TASKS_ONLY = [
  ...ECHOED_OF_TASK,
  'task_key',
  'run_if',
  'depends_on',
  'new_cluster',
  'timeout_seconds',
  'resolved_values',
];

function resolvedValues(work: TaskWork): JsonObject {
  if (work.kind === 'notebook') return { notebook_task: { base_parameters: work.widgets } };
  const name = work.kind === 'script' ? 'spark_python_task' : 'python_wheel_task';
  return { [name]: { parameters: work.parameters } };
}

/** The cluster after its policy; a shared one stands under its key in `job_clusters`, a serverless task has none. */
function computeOf(request: PlannedTask, cluster: ClusterRecord | undefined): JsonObject {
  if (request.isServerless || typeof request.asSent.job_cluster_key === 'string') return {};
  const { apply_policy_default_values: _consumed, ...effective } =
    cluster === undefined ? request.evaluated.spec : effectiveSpec(cluster);
  return { new_cluster: effective };
}

function instanceOf(cluster: ClusterRecord | undefined): JsonObject {
  if (cluster === undefined) return {};
  const { cluster_id, context_id } = cluster;
  return {
    cluster_instance: { cluster_id, ...(context_id === null ? {} : { spark_context_id: context_id }) },
  };
}

function durations(task: TaskRecord): JsonObject {
  const between = (from: number | null, to: number | null): number =>
    from === null || to === null ? 0 : to - from;
  const prepared = task.running_at ?? task.ended_at;
  return {
    setup_duration: between(task.pending_at, prepared),
    execution_duration: between(task.running_at, task.ending_at ?? task.ended_at),
    cleanup_duration: between(task.ending_at, task.ended_at),
  };
}

function echo(sent: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.filter((name) => sent[name] !== undefined).map((name) => [name, sent[name] ?? null]),
  );
}
