import type { Attempt, AttemptError, TaskRecord, TaskState } from '../../local/record/run-record.ts';
import type { TaskInstance } from '../rest/task-instances.ts';

/** What is known of the Databricks run of one attempt. */
export interface RemotePart {
  readonly runId: string;
  readonly pageUrl: string;
  readonly taskRunId?: string;
  /** State text of the workspace; absent until it was asked. */
  readonly remoteState?: string;
  readonly startedAt?: Date;
  /** The workspace says that it has ended. */
  readonly isOver?: boolean;
}

// https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html#task-instances
const STATES: Readonly<Record<string, TaskState>> = {
  queued: 'queued',
  running: 'running',
  deferred: 'running',
  restarting: 'running',
  up_for_reschedule: 'running',
  up_for_retry: 'up_for_retry',
  success: 'success',
  failed: 'failed',
  upstream_failed: 'upstream_failed',
  skipped: 'skipped',
};

/** The state of a task in the words of the local engine; what Airflow has not looked at, or only planned, is `none`. */
export function stateOf({ state }: Pick<TaskInstance, 'state'>): TaskState {
  return STATES[state ?? ''] ?? 'none';
}

/** Pure: a task as its instance in Airflow and its run on Databricks show it. */
export function taskOfInstance(
  task: TaskRecord,
  instance: TaskInstance,
  remote: RemotePart | undefined,
  error: AttemptError | undefined,
): TaskRecord {
  const state = stateOf(instance);
  const { retryAt: _earlier, ...rest } = task;
  const known = task.attempts.find(({ number }) => number === instance.attempt);
  const begun = firstOf(known, instance, remote);
  if (begun === undefined || instance.attempt === 0 || state === 'upstream_failed') return { ...rest, state };
  const isOver = instance.endedAt !== undefined && !['queued', 'running'].includes(state);
  const attempt = {
    number: instance.attempt,
    token: '',
    payload: {},
    queuedAt: begun.toISOString(),
    ...(remote === undefined ? {} : attemptPart(remote)),
    ...(isOver && instance.endedAt !== undefined ? { endedAt: instance.endedAt.toISOString() } : {}),
    ...(error === undefined ? {} : { error }),
  };
  const before = task.attempts.filter(({ number }) => number < attempt.number);
  const retryAt = state === 'up_for_retry' ? retryTime(task, instance) : undefined;
  return { ...rest, state, attempts: [...before, attempt], ...(retryAt === undefined ? {} : { retryAt }) };
}

/** A task that was deferred starts again, as Airflow sees it, when its run has ended: its beginning is the first one. */
function firstOf(
  known: Attempt | undefined,
  { startedAt, queuedAt }: TaskInstance,
  remote: RemotePart | undefined,
): Date | undefined {
  if (known !== undefined) return new Date(known.queuedAt);
  const times = [queuedAt ?? startedAt, remote?.startedAt].filter((time) => time !== undefined);
  return times.sort((a, b) => a.getTime() - b.getTime())[0];
}

function attemptPart({ startedAt: _start, isOver, remoteState, ...part }: RemotePart): Partial<Attempt> {
  // While Airflow has not seen the end, the task is not over.
  return isOver === true || remoteState === undefined ? part : { ...part, remoteState };
}

/** Airflow does not tell it; the first delay is that of the task, and longer ones are seen when they end. */
function retryTime({ retryDelaySeconds }: TaskRecord, { endedAt }: TaskInstance): string | undefined {
  return endedAt === undefined
    ? undefined
    : new Date(endedAt.getTime() + retryDelaySeconds * 1000).toISOString();
}
