import { parseJson, stringifyJson } from '../../core/json.ts';
import { type Database, readMeta } from '../state/database.ts';
import { fieldsOf } from '../wire/fields.ts';
import { type ReferenceValues, resolveReferences, startTimeValue } from './references.ts';
import { repairIds } from './repairs.ts';
import { jobParameterValues, parseJobParameters, readOverrides } from './run-overrides.ts';
import {
  lastAttempts,
  type RunRecord,
  requestOf,
  type TaskRecord,
  tasksOf,
  updateTaskRequest,
} from './runs.ts';
import type { PlannedTask } from './task-request.ts';
import type { TaskWork } from './task-work.ts';

/** A task whose parameters have the values of this run, stored so that replies show what really runs. */
export function resolveTask(db: Database, run: RunRecord, task: TaskRecord): TaskRecord {
  const planned = requestOf(task);
  if (!stringifyJson(planned.work).includes('{{')) return task;
  const values = valuesFor(db, run, task);
  const resolved: PlannedTask = { ...planned, work: resolveWork(planned.work, values) };
  updateTaskRequest(db, task.run_id, resolved);
  return { ...task, request: stringifyJson(resolved) };
}

function resolveWork(work: TaskWork, values: ReferenceValues): TaskWork {
  const resolve = (text: string): string => resolveReferences(text, values);
  if (work.kind !== 'notebook') return { ...work, parameters: work.parameters.map(resolve) };
  const widgets = Object.entries(work.widgets).map(([name, value]) => [name, resolve(value)]);
  return { ...work, widgets: Object.fromEntries(widgets) };
}

function valuesFor(db: Database, run: RunRecord, task: TaskRecord): ReferenceValues {
  const settings = fieldsOf(parseJson(run.request));
  const isSaved = run.trigger_kind !== null;
  const parameters = isSaved
    ? jobParameterValues(parseJobParameters(settings), readOverrides(run.overrides))
    : new Map<string, string>();
  const plain = plainValues(db, run, task);
  return (name) => {
    const [, parameter] = /^job\.parameters\.(.+)$/.exec(name) ?? [];
    const [, other, property] = /^tasks\.([\w-]+)\.(run_id|result_state)$/.exec(name) ?? [];
    const [, time] = /^job\.start_time\.(\w+)$/.exec(name) ?? [];
    if (parameter !== undefined) return resolvedOnce(parameters.get(parameter), plain);
    if (other !== undefined) return taskValue(db, run, other, property === 'run_id');
    return time === undefined ? plain.get(name) : startTimeValue(time, run.submitted);
  };
}

/** A default of a parameter may refer to the run, not to other parameters. */
function resolvedOnce(value: string | undefined, plain: ReadonlyMap<string, string>): string | undefined {
  return value === undefined ? undefined : resolveReferences(value, (name) => plain.get(name));
}

function plainValues(db: Database, run: RunRecord, task: TaskRecord): ReadonlyMap<string, string> {
  const started = (part: string): string => startTimeValue(part, run.submitted) ?? '';
  const values = {
    'job.id': String(run.job_id),
    job_id: String(run.job_id),
    'job.name': run.name,
    'job.run_id': String(run.run_id),
    run_id: String(task.run_id),
    'job.repair_count': String(repairIds(db, run.run_id).length),
    'job.trigger.type': (run.trigger_kind ?? 'ONE_TIME').toLowerCase(),
    'task.name': task.task_key,
    task_key: task.task_key,
    'task.run_id': String(task.run_id),
    'task.execution_count': String(task.attempt + 1),
    'workspace.id': readMeta(db, 'workspace_id') ?? '',
    start_date: started('iso_date'),
    start_time: started('timestamp_ms'),
  };
  const times = ['iso_date', 'iso_datetime', 'timestamp_ms', 'year', 'month', 'day'];
  return new Map([
    ...Object.entries(values),
    ...times.map((part) => [`job.start_time.${part}`, started(part)] as const),
  ]);
}

function taskValue(db: Database, run: RunRecord, key: string, isId: boolean): string | undefined {
  const other = lastAttempts(tasksOf(db, run.run_id)).find((task) => task.task_key === key);
  if (other === undefined) return undefined;
  return isId ? String(other.run_id) : (other.result ?? '').toLowerCase();
}
