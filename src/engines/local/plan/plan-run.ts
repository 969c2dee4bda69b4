import type { Pin } from '../../../artifacts/pin.ts';
import { type JsonObject, parseJson, stringifyJson } from '../../../core/json.ts';
import type { Dag } from '../../../dag/dag.ts';
import type { Task, TaskOptions, TaskPlan } from '../../../dag/task.ts';
import { taskSettings } from '../../../dag/task-settings.ts';
import type { DriverProcess } from '../record/driver-process.ts';
import type { RunRecord, TaskRecord } from '../record/run-record.ts';

/** What a person asks for when running a DAG. */
export interface RunRequest {
  readonly dag: Dag;
  readonly plans: readonly TaskPlan[];
  readonly environment: string;
  readonly embedded: boolean;
  readonly host: string;
  readonly team: string;
  readonly folder: string;
  readonly source: string;
  /** @defaultValue from the time of the start */
  readonly runId?: string;
  /** @defaultValue the time of the start */
  readonly logicalDate?: Date;
  /** Over those of the DAG. */
  readonly params: JsonObject;
  /** Tasks at a time. */
  readonly parallel: number;
}

/** Pure: the record of a run before anything has started. */
export function planRun(
  request: RunRequest,
  pins: ReadonlyMap<string, Pin>,
  now: Date,
  driver: DriverProcess,
): RunRecord {
  const { dag } = request;
  const { dagrunTimeoutSeconds } = dag.options;
  return {
    format: 1,
    dagId: dag.dagId,
    runId: request.runId ?? manualRunId(now),
    runType: 'manual',
    environment: request.environment,
    host: request.host,
    embedded: request.embedded,
    team: request.team,
    ...(dag.options.tags === undefined ? {} : { tags: dag.options.tags }),
    folder: request.folder,
    source: request.source,
    logicalDate: (request.logicalDate ?? now).toISOString(),
    params: { ...dag.options.params, ...request.params },
    parallel: request.parallel,
    ...(dagrunTimeoutSeconds === undefined ? {} : { dagrunTimeoutSeconds }),
    state: 'running',
    startedAt: now.toISOString(),
    driver,
    tasks: request.plans.map((plan) => planTask(dag, plan, pins)),
  };
}

/** The form of Airflow's own ids of runs that are started by hand. */
export function manualRunId(now: Date): string {
  return `manual__${now.toISOString().replace('Z', '+00:00')}`;
}

function planTask(dag: Dag, plan: TaskPlan, pins: ReadonlyMap<string, Pin>): TaskRecord {
  const task = dag.task(plan.taskId);
  const pin = pins.get(plan.taskId);
  if (pin === undefined && plan.artifacts !== undefined) throw new Error(`task ${plan.taskId} has no pin`);
  const { pool: _pool, ...settings } = taskSettings(dag, task);
  const { writtenBefore = new Set() } = dag.contextOf(task);
  return {
    taskId: plan.taskId,
    upstream: [...task.upstream],
    ...settings,
    operatorName: task.operatorName,
    ...plainOptions(task),
    plan,
    ...(writtenBefore.size === 0 ? {} : { writtenBefore: [...writtenBefore] }),
    ...(pin === undefined ? {} : { pin }),
    state: 'none',
    attempts: [],
  };
}

/** An operator of a team may take things that no file can hold; its tasks are recorded without. */
function plainOptions({ options }: Task): { options?: TaskOptions } {
  try {
    return { options: parseJson(stringifyJson(options)) as unknown as TaskOptions };
  } catch {
    return {};
  }
}
