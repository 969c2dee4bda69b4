import type { Pin } from '../../../artifacts/pin.ts';
import type { JsonObject } from '../../../core/json.ts';
import { sortNodes } from '../../../dag/check-graph.ts';
import { PINS_TASK_ID } from '../../../dag/task-options.ts';
import type { RunRequest } from '../../local/plan/plan-run.ts';
import type { RunRecord, TaskRecord } from '../../local/record/run-record.ts';
import type { AirflowRun } from '../rest/dag-runs.ts';
import type { DagTask } from '../rest/dag-tasks.ts';

/** What is known beside Airflow of a run of a DAG that is written in Python. */
export interface PythonRun
  extends Pick<RunRequest, 'environment' | 'embedded' | 'host' | 'team' | 'folder' | 'source'> {
  readonly run: AirflowRun;
  readonly tasks: readonly DagTask[];
  readonly startedAt: Date;
}

/** Pure: the record of a run whose DAG only Airflow can read; the tasks in the order in which they may start. */
export function planPythonRun(known: PythonRun, pins: ReadonlyMap<string, Pin>): RunRecord {
  const { run, tasks, startedAt, ...asked } = known;
  const own = tasks.filter(({ taskId }) => taskId !== PINS_TASK_ID);
  const nodes = own.map((task) => ({ id: task.taskId, upstream: upstreamOf(task, own), task }));
  return {
    ...asked,
    format: 1,
    runType: 'manual',
    params: run.conf as JsonObject,
    dagId: run.dagId,
    runId: run.runId,
    logicalDate: (run.logicalDate ?? run.runAfter).toISOString(),
    parallel: 1,
    state: 'running',
    startedAt: startedAt.toISOString(),
    driver: { pid: 0, startedAt: '' },
    tasks: sortNodes(nodes).map(({ task, upstream }) =>
      planTask(task, upstream, pins.get(task.taskId), asked.team),
    ),
  };
}

function upstreamOf({ taskId }: DagTask, tasks: readonly DagTask[]): readonly string[] {
  return tasks.filter(({ downstream }) => downstream.includes(taskId)).map((task) => task.taskId);
}

function planTask(
  { taskId, triggerRule, retries, retryDelaySeconds }: DagTask,
  upstream: readonly string[],
  pin: Pin | undefined,
  team: string,
): TaskRecord {
  return {
    ...{ taskId, upstream, triggerRule, retries, retryDelaySeconds },
    retryExponentialBackoff: false,
    plan: { taskId, team: pin?.team ?? team, submit: {} },
    ...(pin === undefined ? {} : { pin }),
    state: 'none',
    attempts: [],
  };
}
