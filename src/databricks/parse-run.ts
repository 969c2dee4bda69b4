import type { Json, JsonObject } from '../core/json.ts';
import type { Run, RunOutput, RunState, TaskRun } from './run.ts';
import { runPageUrl } from './run-page-url.ts';

/** Reads a run of `runs/get` or `runs/list`; absent parts become empty, since they come with time. */
export function parseRun(body: JsonObject): Run {
  const startedAt = date(body.start_time);
  const endedAt = date(body.end_time);
  return {
    runId: id(body.run_id),
    jobId: id(body.job_id),
    name: text(body.run_name),
    creator: text(body.creator_user_name),
    state: parseState(body),
    pageUrl: runPageUrl(text(body.run_page_url)),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    tasks: latestAttempts(list(body.tasks).map(parseTask)),
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
  const clusterId = text(object(body.cluster_instance).cluster_id);
  return {
    runId: id(body.run_id),
    taskKey: text(body.task_key),
    attempt: Number(body.attempt_number ?? 0),
    state: parseState(body),
    ...(clusterId === '' ? {} : { clusterId }),
  };
}

/** The older `state` where it is sent, the newer `status` otherwise. */
function parseState(body: JsonObject): RunState {
  const state = object(body.state);
  const status = object(body.status);
  const details = object(status.termination_details);
  const result = text(state.result_state);
  return {
    lifeCycle: text(state.life_cycle_state) || text(status.state) || 'UNKNOWN',
    message: text(state.state_message) || text(details.message),
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
  if (code === 'SUCCESS') return { result: code };
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
