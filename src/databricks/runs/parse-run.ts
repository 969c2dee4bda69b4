import type { Json, JsonObject } from '../../core/json.ts';
import type { Run, RunDurations, RunOutput, RunState, TaskRun } from './run.ts';
import { runPageUrl } from './run-page-url.ts';
import { isTerminal } from './run-state.ts';

/** Reads a run of `runs/get` or `runs/list`; absent parts become empty, since they come with time. */
export function parseRun(body: JsonObject): Run {
  const tasks = latestAttempts(list(body.tasks).map(parseTask));
  return {
    runId: id(body.run_id),
    jobId: id(body.job_id),
    name: text(body.run_name),
    creator: text(body.creator_user_name),
    state: parseState(body),
    pageUrl: runPageUrl(text(body.run_page_url)),
    ...parseTimes(body),
    durations: runDurations(parseDurations(body), tasks),
    tasks: tasks.length === 1 ? tasks.map((task) => ({ ...clusterOf(body), ...task })) : tasks,
  };
}

export function parseRunOutput(body: JsonObject): RunOutput {
  return {
    ...(typeof body.error === 'string' && body.error !== '' ? { error: body.error } : {}),
    ...(typeof body.error_trace === 'string' && body.error_trace !== ''
      ? { errorTrace: body.error_trace }
      : {}),
    logs: text(body.logs),
    logsTruncated: body.logs_truncated === true,
  };
}

function parseTask(body: JsonObject): TaskRun {
  return {
    runId: id(body.run_id),
    taskKey: text(body.task_key),
    attempt: Number(body.attempt_number ?? 0),
    state: parseState(body),
    ...parseTimes(body),
    durations: parseDurations(body),
    ...clusterOf(body),
  };
}

/** The cluster appears once it is requested, its Spark context once that runs. */
function clusterOf(body: JsonObject): Pick<TaskRun, 'clusterId' | 'sparkContextId'> {
  const { cluster_id, spark_context_id } = object(body.cluster_instance);
  return {
    ...(text(cluster_id) === '' ? {} : { clusterId: text(cluster_id) }),
    ...(id(spark_context_id) === '' ? {} : { sparkContextId: id(spark_context_id) }),
  };
}

function parseTimes(body: JsonObject): { startedAt?: Date; endedAt?: Date } {
  const startedAt = date(body.start_time);
  const endedAt = date(body.end_time);
  return {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

/** 0 stands for "not known" as well, so it is left out. */
function parseDurations(body: JsonObject): RunDurations {
  const milliseconds = {
    queueMs: Number(body.queue_duration ?? 0),
    setupMs: Number(body.setup_duration ?? 0),
    executionMs: Number(body.execution_duration ?? 0),
    cleanupMs: Number(body.cleanup_duration ?? 0),
    wholeMs: Number(body.run_duration ?? 0),
  };
  return Object.fromEntries(Object.entries(milliseconds).filter(([, value]) => value > 0));
}

/** A run with tasks leaves most of its own durations at 0; then those of its longest task stand for it. */
function runDurations(own: RunDurations, tasks: readonly TaskRun[]): RunDurations {
  const length = ({ durations: { setupMs = 0, executionMs = 0, cleanupMs = 0 } = {} }: TaskRun): number =>
    setupMs + executionMs + cleanupMs;
  return { ...tasks.toSorted((a, b) => length(b) - length(a))[0]?.durations, ...own };
}

/**
 * The older `state` where it is sent, the newer `status` otherwise. A run whose `status` is TERMINATED has ended, also
 * when its `state` is one that we do not know.
 */
function parseState(body: JsonObject): RunState {
  const state = object(body.state);
  const status = object(body.status);
  const details = object(status.termination_details);
  const result = text(state.result_state);
  const older = text(state.life_cycle_state);
  const newer = text(status.state);
  const hasEnded = newer === 'TERMINATED' && !isTerminal({ lifeCycle: older, message: '' });
  return {
    lifeCycle: hasEnded ? newer : older || newer || 'UNKNOWN',
    message: text(state.state_message) || text(details.message) || text(object(status.queue_details).message),
    ...(result === '' ? resultOf(details) : { result }),
    ...(text(details.code) === ''
      ? {}
      : {
          termination: {
            code: text(details.code),
            type: text(details.type),
            message: text(details.message),
          },
        }),
  };
}

function resultOf(details: JsonObject): { result?: string } {
  const code = text(details.code);
  if (code === '') return {};
  if (code === 'SUCCESS' || code === 'SUCCESS_WITH_FAILURES') return { result: code };
  return { result: code === 'USER_CANCELED' || code === 'CANCELED' ? 'CANCELED' : 'FAILED' };
}

/** A task that was tried again appears once per attempt. */
function latestAttempts(tasks: readonly TaskRun[]): readonly TaskRun[] {
  const latest = new Map<string, TaskRun>();
  for (const task of tasks) {
    const other = latest.get(task.taskKey);
    if (other === undefined || other.attempt <= task.attempt) latest.set(task.taskKey, task);
  }
  return [...latest.values()];
}

/** An int64 as text: a number, a bigint or a text on the wire. */
export function id(value: Json | undefined): string {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string'
    ? String(value)
    : '';
}

export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function object(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function list(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}

/** Milliseconds since 1970; 0 = not yet. */
function date(value: Json | undefined): Date | undefined {
  const milliseconds = Number(value ?? 0);
  return milliseconds > 0 ? new Date(milliseconds) : undefined;
}
