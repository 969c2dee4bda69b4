import type { RunEvent } from '../../engines/local/record/run-event.ts';
import { lastAttempt, type RunRecord, type TaskRecord } from '../../engines/local/record/run-record.ts';
import { isCancelled, runWord } from './run-lines.ts';

/** An event as a program reads it, one object per line. */
export function eventObject(event: RunEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'started':
      return { event: 'started', resumed: event.resumed, ...runObject(event.record) };
    case 'task':
      return { event: 'task', ...taskObject(event.task) };
    case 'note':
      return { event: 'note', task: event.taskId, message: event.message };
    default:
      return { event: 'ended', ...runObject(event.record) };
  }
}

export function runObject(record: RunRecord): Readonly<Record<string, unknown>> {
  const { dagId, runId, environment, team, source, logicalDate, startedAt, endedAt, host, params } = record;
  return {
    dag: dagId,
    runId,
    environment,
    team,
    state: runWord(record),
    source,
    rerunOf: record.rerunOf?.runId,
    logicalDate,
    startedAt,
    endedAt,
    host,
    params,
    tasks: record.tasks.map((task) => ({ ...taskObject(task), pin: task.pin })),
  };
}

function taskObject(task: TaskRecord): Readonly<Record<string, unknown>> {
  const attempt = lastAttempt(task);
  return {
    task: task.taskId,
    state: task.state,
    cancelled: isCancelled(task) ? true : undefined,
    version: task.pin?.version,
    commit: task.pin?.commit,
    attempt: attempt?.number ?? 0,
    databricksRunId: attempt?.runId,
    remoteState: attempt?.remoteState,
    url: attempt?.pageUrl,
    queuedAt: attempt?.queuedAt,
    endedAt: attempt?.endedAt,
    retryAt: task.retryAt,
    error: attempt?.error,
  };
}
