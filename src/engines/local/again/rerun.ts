import type { Pin } from '../../../artifacts/pin.ts';
import { manualRunId } from '../plan/plan-run.ts';
import type { DriverProcess } from '../record/driver-process.ts';
import type { RunRecord, TaskRecord } from '../record/run-record.ts';

/** How a recorded run is repeated. */
export interface RerunRequest {
  /** The run to repeat, ended or not; it stays as it is. */
  readonly record: RunRecord;
  /** Only these tasks. @defaultValue all */
  readonly taskIds?: readonly string[];
  /** Pins in place of the recorded ones, by task id. */
  readonly pins?: ReadonlyMap<string, Pin>;
  /** Tasks with other options than the recorded ones, by task id. */
  readonly changed?: ReadonlyMap<string, TaskRecord>;
  /** Where the workspace is at present. */
  readonly host: string;
}

/**
 * Pure: the record of a run that repeats another one, before anything has started: the same artifacts, params and
 * logical date, under a run id of its own. Start it with `startPlanned`.
 */
export function planRerun(request: RerunRequest, now: Date, driver: DriverProcess): RunRecord {
  const { record, host } = request;
  const { endedAt: _endedAt, ended: _ended, ...rest } = record;
  const kept = record.tasks.filter(({ taskId }) => request.taskIds?.includes(taskId) ?? true);
  const ids = new Set(kept.map(({ taskId }) => taskId));
  return {
    ...rest,
    runId: manualRunId(now),
    rerunOf: { dagId: record.dagId, runId: record.runId },
    host,
    state: 'running',
    startedAt: now.toISOString(),
    driver,
    tasks: kept.map((task) => freshTask(request.changed?.get(task.taskId) ?? task, ids, request.pins)),
  };
}

function freshTask(
  task: TaskRecord,
  ids: ReadonlySet<string>,
  pins: ReadonlyMap<string, Pin> | undefined,
): TaskRecord {
  const { policy: _policy, retryAt: _retryAt, retryEnded: _retryEnded, ...rest } = task;
  const pin = pins?.get(task.taskId) ?? task.pin;
  return {
    ...rest,
    ...(pin === undefined ? {} : { pin }),
    upstream: task.upstream.filter((id) => ids.has(id)),
    state: 'none',
    attempts: [],
  };
}
