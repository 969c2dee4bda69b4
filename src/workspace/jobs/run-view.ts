import { type JsonObject, parseJson } from '../../core/json.ts';
import { clusterById, effectiveSpec } from '../compute/clusters.ts';
import type { Database } from '../state/database.ts';
import { isObject } from '../wire/fields.ts';
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
    tasks: tasks.map((task) => renderTask(context, run, task)),
  };
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
    run_type: 'SUBMIT_RUN',
    format: 'MULTI_TASK',
    ...stateOf({ ...run, life }, run.intent !== null),
    start_time: run.submitted,
    end_time: run.ended ?? 0,
    setup_duration: 0,
    execution_duration: 0,
    cleanup_duration: 0,
    run_duration: run.ended === null ? 0 : run.ended - run.submitted,
    queue_duration: Math.max(0, started - run.submitted),
    trigger: 'ONE_TIME',
    ...requestEchoes(run),
  };
}

/** A task run asked for by its own id: the same shape, with itself as the only task. */
export function renderTaskRun(context: ViewContext, run: RunRecord, task: TaskRecord): JsonObject {
  const { task_key: _key, ...own } = renderTask(context, run, task);
  return {
    ...identity(context, run, task.run_id),
    ...own,
    job_run_id: run.run_id,
    run_type: 'SUBMIT_RUN',
    trigger: 'ONE_TIME',
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
  const { asSent, evaluated, dependsOn } = requestOf(task);
  const cluster = task.cluster_id === null ? undefined : clusterById(context.db, task.cluster_id);
  const { apply_policy_default_values: _consumed, ...effective } =
    cluster === undefined ? evaluated.spec : effectiveSpec(cluster);
  return {
    ...echo(asSent, ['description', 'spark_python_task', 'libraries', 'max_retries', 'retry_on_timeout']),
    run_id: task.run_id,
    task_key: task.task_key,
    attempt_number: task.attempt,
    run_page_url: runPageUrl(context, run.job_id, task.run_id),
    run_if: 'ALL_SUCCESS',
    depends_on: dependsOn.map((key) => ({ task_key: key })),
    new_cluster: effective,
    timeout_seconds: requestOf(task).timeoutSeconds,
    ...stateOf(task, task.result === 'CANCELED' || task.result === 'TIMEDOUT'),
    start_time: task.pending_at ?? 0,
    end_time: task.ended_at ?? 0,
    ...durations(task),
    ...(cluster === undefined
      ? {}
      : {
          cluster_instance: {
            cluster_id: cluster.cluster_id,
            ...(cluster.context_id === null ? {} : { spark_context_id: cluster.context_id }),
          },
        }),
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

/** Both forms of a state: the older `state` and the newer `status`. */
function stateOf(ended: Ended, wasInterrupted: boolean): JsonObject {
  const life = ended.life ?? 'PENDING';
  const isOver = isTerminal(life);
  return {
    state: {
      life_cycle_state: life,
      ...(isOver ? { result_state: ended.result } : {}),
      state_message: ended.message ?? liveMessage(life),
      user_cancelled_or_timedout: isOver && wasInterrupted && ended.result !== 'SUCCESS',
      ...(life === 'QUEUED' ? { queue_reason: liveMessage(life) } : {}),
    },
    status: {
      state: isOver ? 'TERMINATED' : life === 'WAITING_FOR_RETRY' ? 'WAITING' : life,
      ...(isOver
        ? { termination_details: { code: ended.code, type: ended.kind, message: ended.message ?? '' } }
        : {}),
      ...(life === 'QUEUED'
        ? { queue_details: { code: 'ACTIVE_RUNS_LIMIT_REACHED', message: liveMessage(life) } }
        : {}),
    },
  };
}

function liveMessage(life: LifeCycle): string {
  switch (life) {
    case 'QUEUED':
      return 'Waiting for a free place: the workspace runs as many tasks as it may.';
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
