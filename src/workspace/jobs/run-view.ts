import { type JsonObject, parseJson } from '../../core/json.ts';
import { type ClusterRecord, clusterById, effectiveSpec } from '../compute/clusters.ts';
import type { Database } from '../state/database.ts';
import { fieldsOf, isObject } from '../wire/fields.ts';
import { repairsOf } from './repairs.ts';
import { jobParameterValues, parseJobParameters, readOverrides } from './run-overrides.ts';
import { isTerminal, type LifeCycle, lifeOfRun } from './run-state.ts';
import {
  lastAttempts,
  type RunRecord,
  requestOf,
  type TaskLife,
  type TaskRecord,
  taskLives,
  tasksOf,
} from './runs.ts';
import type { PlannedTask } from './task-request.ts';

/** Facts that replies hold but the database does not. */
export interface ViewContext {
  readonly db: Database;
  /** Where the server can be reached at this moment, without a trailing slash. */
  readonly url: string;
}

interface Ended {
  readonly life: LifeCycle | null;
  readonly result: string | null;
  readonly message: string | null;
  readonly code: string | null;
  readonly kind: string | null;
}

/** A run as runs/get answers it. https://docs.databricks.com/api/workspace/jobs/getrun */
export function renderRun(context: ViewContext, run: RunRecord): JsonObject {
  const tasks = tasksOf(context.db, run.run_id);
  return {
    ...renderHead(context, run, tasks),
    ...jobFacts(run),
    ...repairHistory(context.db, run, tasks),
    tasks: tasks.map((task) => renderTask(context, run, task)),
  };
}

/** Lists of a run that may be long, see `pageArrays`. */
export const LONG_LISTS_OF_RUN = ['tasks', 'job_clusters', 'job_parameters', 'repair_history'] as const;

/** Clusters and parameters that the tasks of a run share. */
function jobFacts(run: RunRecord): JsonObject {
  const settings = fieldsOf(parseJson(run.request));
  const clusters = settings.list('job_clusters');
  if (run.trigger_kind === null) return clusters.length === 0 ? {} : { job_clusters: clusters };
  const { job_parameters: _forJob, only: _only, ...overriding } = readOverrides(run.overrides);
  const parameters = parseJobParameters(settings);
  const values = jobParameterValues(parameters, readOverrides(run.overrides));
  const defaults = new Map(parameters.map((parameter) => [parameter.name, parameter.default]));
  return {
    ...(clusters.length === 0 ? {} : { job_clusters: clusters }),
    ...(values.size === 0
      ? {}
      : {
          job_parameters: [...values].map(([name, value]) => {
            const given = defaults.get(name);
            return { name, ...(given === undefined ? {} : { default: given }), value };
          }),
        }),
    ...(Object.keys(overriding).length === 0 ? {} : { overriding_parameters: overriding as JsonObject }),
    ...(settings.object('schedule') === undefined ? {} : { schedule: settings.object('schedule') ?? null }),
  };
}

function repairHistory(db: Database, run: RunRecord, tasks: readonly TaskRecord[]): JsonObject {
  const repairs = repairsOf(db, run.run_id);
  if (repairs.length === 0) return {};
  const repair_history = repairs.map((repair) => {
    const own = tasks.filter((task) => task.repair === (repair.is_original === 1 ? null : repair.repair_id));
    const life = repair.life ?? lifeOfRun(lastAttempts(own).map((task) => task.life));
    return {
      type: repair.is_original === 1 ? 'ORIGINAL' : 'REPAIR',
      ...(repair.is_original === 1 ? {} : { id: repair.repair_id }),
      start_time: repair.started,
      end_time: repair.ended ?? 0,
      ...stateOf({ ...repair, life }, false),
      task_run_ids: own.map((task) => task.run_id),
    };
  });
  return { repair_history };
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
    format: 'MULTI_TASK',
    ...stateOf({ ...run, life }, run.intent !== null, run.held !== null),
    start_time: run.submitted,
    end_time: run.ended ?? 0,
    setup_duration: 0,
    execution_duration: 0,
    cleanup_duration: 0,
    run_duration: run.ended === null ? 0 : run.ended - run.submitted,
    queue_duration: Math.max(0, started - run.submitted),
    trigger: run.trigger_kind ?? 'ONE_TIME',
    ...requestEchoes(run),
  };
}

function runType(run: RunRecord): 'SUBMIT_RUN' | 'JOB_RUN' {
  return run.trigger_kind === null ? 'SUBMIT_RUN' : 'JOB_RUN';
}

/** A task run asked for by its own id: the same shape, with itself as the only task. */
export function renderTaskRun(context: ViewContext, run: RunRecord, task: TaskRecord): JsonObject {
  const { task_key: _key, ...own } = renderTask(context, run, task);
  return {
    ...identity(context, run, task.run_id),
    ...own,
    job_run_id: run.run_id,
    run_type: runType(run),
    trigger: run.trigger_kind ?? 'ONE_TIME',
    tasks: [renderTask(context, run, task)],
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

function requestEchoes(run: RunRecord): JsonObject {
  const request = parseJson(run.request);
  const sent = isObject(request) ? request : {};
  return {
    email_notifications: sent.email_notifications ?? {},
    webhook_notifications: sent.webhook_notifications ?? {},
    timeout_seconds: Number(sent.timeout_seconds ?? 0),
    ...(sent.tags === undefined ? {} : { tags: sent.tags }),
  };
}

function renderTask(context: ViewContext, run: RunRecord, task: TaskRecord): JsonObject {
  const request = requestOf(task);
  const cluster = task.cluster_id === null ? undefined : clusterById(context.db, task.cluster_id);
  return {
    ...echo(request.asSent, ECHOED_OF_TASK),
    run_id: task.run_id,
    task_key: task.task_key,
    attempt_number: task.attempt,
    run_page_url: runPageUrl(context, run.job_id, task.run_id),
    run_if: request.runIf,
    depends_on: request.dependsOn.map((key) => ({ task_key: key })),
    ...computeOf(request, cluster),
    timeout_seconds: request.timeoutSeconds,
    ...stateOf(task, task.result === 'CANCELED' || task.result === 'TIMEDOUT', run.held !== null),
    start_time: task.pending_at ?? 0,
    end_time: task.ended_at ?? 0,
    ...durations(task),
    ...instanceOf(cluster),
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

// Why a run is QUEUED.
const ROOM = {
  code: 'ACTIVE_RUNS_LIMIT_REACHED',
  message: 'Waiting for a free place: the workspace runs as many tasks as it may.',
};
const HELD = {
  code: 'MAX_CONCURRENT_RUNS_REACHED',
  message: 'Waiting for another run of the job: as many as may are active.',
};

/** Both forms of a state: the older `state` and the newer `status`. */
function stateOf(ended: Ended, wasInterrupted: boolean, isHeld = false): JsonObject {
  const life = ended.life ?? 'PENDING';
  const waiting = isHeld ? HELD : ROOM;
  const isOver = isTerminal(life);
  return {
    state: {
      life_cycle_state: life,
      ...(isOver ? { result_state: ended.result } : {}),
      state_message: ended.message ?? (life === 'QUEUED' ? waiting.message : liveMessage(life)),
      user_cancelled_or_timedout: isOver && wasInterrupted && ended.result !== 'SUCCESS',
      ...(life === 'QUEUED' ? { queue_reason: waiting.message } : {}),
    },
    status: {
      state: isOver ? 'TERMINATED' : life === 'WAITING_FOR_RETRY' ? 'WAITING' : life,
      ...(isOver
        ? { termination_details: { code: ended.code, type: ended.kind, message: ended.message ?? '' } }
        : {}),
      ...(life === 'QUEUED' ? { queue_details: { ...waiting } } : {}),
    },
  };
}

function liveMessage(life: LifeCycle): string {
  switch (life) {
    case 'BLOCKED':
      return 'Waiting for the tasks before it.';
    case 'PENDING':
      return 'Waiting for cluster';
    case 'RUNNING':
      return 'In run';
    case 'TERMINATING':
      return 'Cleaning up';
    case 'WAITING_FOR_RETRY':
      return 'Waiting for the next attempt.';
    default:
      return '';
  }
}

function echo(sent: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.filter((name) => sent[name] !== undefined).map((name) => [name, sent[name] ?? null]),
  );
}
