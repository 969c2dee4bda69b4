import type { Pin } from '../../../artifacts/pin.ts';
import type { Clock } from '../../../core/clock.ts';
import { PINS_TASK_ID } from '../../../dag/task-options.ts';
import type { RunEvent } from '../../local/record/run-event.ts';
import {
  finishedStates,
  lastAttempt,
  type RunRecord,
  type TaskRecord,
} from '../../local/record/run-record.ts';
import { getRun } from '../rest/dag-runs.ts';
import { listTaskInstances, type RunKey, type TaskInstance } from '../rest/task-instances.ts';
import { getXcom, RETURN_VALUE } from '../rest/xcom.ts';
import { failureInAirflow } from './failure-in-airflow.ts';
import { instanceOf } from './instance-of.ts';
import { parsePins } from './parse-pins.ts';
import { queueWatch } from './queue-watch.ts';
import { type RemoteBench, type RemoteParts, remoteParts } from './remote-part.ts';
import { stateOf, taskOfInstance } from './task-of-instance.ts';

/** Where a DAG run is watched, and who hears of it. */
export interface FollowBench extends Omit<RemoteBench, 'onTrouble'> {
  readonly clock: Clock;
  readonly emit: (event: RunEvent) => void;
}

const PERIOD_MS = 500;
const PATIENCE_MS = 60_000;
const STUCK =
  'Airflow has not begun with it for a minute. See hermes airflow status; hermes airflow down, then up, starts it afresh.';

/**
 * Follows a DAG run of Airflow to its end and tells of it as the local engine does of its own runs.
 * @param planned The record of the run, by its pins: none while nothing is resolved
 * @throws the signal's reason on an abort; the run goes on
 */
export async function followRun(
  key: RunKey,
  planned: (pins: ReadonlyMap<string, Pin>) => RunRecord,
  bench: FollowBench,
): Promise<RunRecord> {
  const { api, clock, signal, emit } = bench;
  const remote = remoteParts({ ...bench, onTrouble: (message) => emit({ type: 'note', message }) }, key);
  let record: RunRecord | undefined;
  let waitedMs = 0;
  const watchQueue = queueWatch(emit);
  for (;;) {
    const run = await getRun(api, key.dagId, key.runId, signal);
    const instances = await listTaskInstances(api, key, signal);
    watchQueue(instances, waitedMs);
    const isOver = run.state === 'success' || run.state === 'failed';
    if (record === undefined && (isOver || isResolved(instances))) {
      record = await begin(key, planned, instances, bench);
      emit({ type: 'started', record, resumed: false });
    }
    if (record !== undefined) record = await update(record, instances, remote, { key, ...bench });
    if (record !== undefined && isOver && isSettled(instances)) {
      const endedAt = (run.endedAt ?? clock.now()).toISOString();
      const ended = { ...record, state: run.state as RunRecord['state'], endedAt };
      emit({ type: 'ended', record: ended });
      return ended;
    }
    await clock.sleep(PERIOD_MS, signal);
    waitedMs += PERIOD_MS;
    if (record === undefined && waitedMs === PATIENCE_MS) emit({ type: 'note', message: STUCK });
  }
}

/** Whether the artifacts are known, or never will be. A DAG that takes none has no such task. */
function isResolved(instances: readonly TaskInstance[]): boolean {
  const first = instances.find(({ taskId }) => taskId === PINS_TASK_ID);
  return instances.length > 0 && (first === undefined || finishedStates.has(stateOf(first)));
}

/** A run that failed may leave a task to its end. */
function isSettled(instances: readonly TaskInstance[]): boolean {
  return instances.every((instance) => !['queued', 'running'].includes(stateOf(instance)));
}

/** The record with its pins; a first task that failed stands in it as one of the tasks, to be told of. */
async function begin(
  key: RunKey,
  planned: (pins: ReadonlyMap<string, Pin>) => RunRecord,
  instances: readonly TaskInstance[],
  { api, signal }: FollowBench,
): Promise<RunRecord> {
  const first = instances.find(({ taskId }) => taskId === PINS_TASK_ID);
  if (first === undefined) return planned(new Map());
  if (stateOf(first) === 'success')
    return planned(parsePins(await getXcom(api, key, PINS_TASK_ID, RETURN_VALUE, signal)));
  const record = planned(new Map());
  const [model] = record.tasks;
  if (model === undefined) return record;
  return { ...record, tasks: [firstTask(model), ...record.tasks] };
}

function firstTask({ plan, triggerRule }: TaskRecord): TaskRecord {
  return {
    taskId: PINS_TASK_ID,
    upstream: [],
    triggerRule,
    retries: 0,
    retryDelaySeconds: 0,
    retryExponentialBackoff: false,
    plan: { taskId: PINS_TASK_ID, team: plan.team, submit: {} },
    state: 'none',
    attempts: [],
  };
}

async function update(
  record: RunRecord,
  instances: readonly TaskInstance[],
  remote: RemoteParts,
  bench: FollowBench & { readonly key: RunKey },
): Promise<RunRecord> {
  let current = record;
  for (const task of record.tasks) {
    const instance = instanceOf(instances, task.taskId);
    if (instance === undefined) continue;
    const seen = await look(task, instance, remote, bench);
    if (JSON.stringify(seen) === JSON.stringify(task)) continue;
    current = { ...current, tasks: current.tasks.map((each) => (each === task ? seen : each)) };
    bench.emit({ type: 'task', task: seen, record: current });
  }
  return current;
}

async function look(
  task: TaskRecord,
  instance: TaskInstance,
  remote: RemoteParts,
  { api, key, signal }: FollowBench & { readonly key: RunKey },
): Promise<TaskRecord> {
  const { taskId, attempt, mapIndex } = instance;
  const known = task.attempts.find(({ number }) => number === attempt);
  const state = stateOf(instance);
  if (known?.endedAt !== undefined && state === task.state) return task;
  // Between the end of its run and its own end a task that was deferred waits for a worker once more.
  if (known?.runId !== undefined && !finishedStates.has(state) && state !== 'up_for_retry')
    return goingOn(task, remote);
  if (attempt === 0 || ['none', 'queued', 'upstream_failed'].includes(state))
    return taskOfInstance(task, instance, undefined, undefined);
  if (mapIndex >= 0) return lookAtMapped(task, instance, { api, key, signal });
  if (state !== 'failed' && state !== 'up_for_retry')
    return taskOfInstance(task, instance, await remote.partOf(taskId, attempt), undefined);
  const failure = await remote.failureOf(task, attempt);
  const error = failure ?? (await failureInAirflow(api, key, { taskId, attempt }, signal));
  return taskOfInstance(task, instance, await remote.partOf(taskId, attempt), error);
}

/** A mapped task has many runs: none of them is shown. */
async function lookAtMapped(
  task: TaskRecord,
  instance: TaskInstance,
  { api, key, signal }: Pick<FollowBench, 'api' | 'signal'> & { readonly key: RunKey },
): Promise<TaskRecord> {
  const hasFailed = ['failed', 'up_for_retry'].includes(stateOf(instance));
  const error = hasFailed ? await failureInAirflow(api, key, instance, signal) : undefined;
  return taskOfInstance(task, instance, undefined, error);
}

/** The task with the state of its run. That it has ended is told when Airflow has seen it. */
async function goingOn(task: TaskRecord, remote: RemoteParts): Promise<TaskRecord> {
  const last = lastAttempt(task);
  if (last === undefined) return task;
  const part = await remote.partOf(task.taskId, last.number);
  if (part?.remoteState === undefined || part.isOver === true) return task;
  const attempt = { ...last, remoteState: part.remoteState };
  return { ...task, state: 'running', attempts: [...task.attempts.slice(0, -1), attempt] };
}
