import { invalidParameter } from '../wire/api-error.ts';
import type { TaskWork } from './task-work.ts';

/** Answers the value of a reference, or undefined when there is no such one. */
export type ReferenceValues = (name: string) => string | undefined;

const REFERENCE =
  /\{\{\s*((?:job|task|tasks|workspace)\.[\w.-]+|job_id|run_id|start_date|start_time|task_key)\s*\}\}/g;

/** Names of references, without those that hold a name of the user's. */
const KNOWN = new Set([
  'job.id',
  'job.name',
  'job.run_id',
  'job.repair_count',
  'job.trigger.type',
  'task.name',
  'task.run_id',
  'task.execution_count',
  'workspace.id',
  'job_id',
  'run_id',
  'start_date',
  'start_time',
  'task_key',
  ...['iso_date', 'iso_datetime', 'timestamp_ms', 'year', 'month', 'day', 'hour', 'minute', 'second'].map(
    (part) => `job.start_time.${part}`,
  ),
]);

/** Puts the values of dynamic references into a text; `{{ … }}` of other words stays as it is. */
export function resolveReferences(text: string, values: ReferenceValues): string {
  return text.replace(REFERENCE, (whole, name: string) => values(name) ?? whole);
}

/** Checks the parameters of tasks, see {@link assertReferences}. */
export function checkReferences(
  tasks: readonly { readonly taskKey: string; readonly work: TaskWork }[],
  parameters: ReadonlySet<string> | undefined,
): void {
  const keys = tasks.map((task) => task.taskKey);
  for (const { work } of tasks) {
    const texts = work.kind === 'notebook' ? Object.values(work.widgets) : work.parameters;
    for (const text of texts) assertReferences(text, keys, parameters);
  }
}

/**
 * Refuses references of the reserved words that mean nothing here.
 * `parameters`: of the job, undefined for a submitted run. @throws ApiError https://docs.databricks.com/jobs/dynamic-value-references.html
 */
export function assertReferences(
  text: string,
  taskKeys: readonly string[],
  parameters: ReadonlySet<string> | undefined,
): void {
  for (const [whole, name = ''] of text.matchAll(REFERENCE)) {
    const parameter = /^job\.parameters\.(.+)$/.exec(name)?.[1];
    const [, task, property] = /^tasks\.([\w-]+)\.(.+)$/.exec(name) ?? [];
    if (parameter !== undefined) {
      if (parameters?.has(parameter) === true) continue;
      const known =
        parameters === undefined ? 'a submitted run has none' : [...parameters].join(', ') || 'none';
      throw invalidParameter(`${whole} names a job parameter that is not defined. Defined: ${known}.`);
    }
    if (task !== undefined && property !== undefined) assertTaskReference(whole, task, property, taskKeys);
    else if (!KNOWN.has(name))
      throw invalidParameter(
        `${whole} is not a reference that this workspace resolves. Known: ${[...KNOWN].join(', ')}, job.parameters.<name>, tasks.<task>.run_id, tasks.<task>.result_state.`,
      );
  }
}

function assertTaskReference(whole: string, task: string, property: string, keys: readonly string[]): void {
  if (property.startsWith('values.'))
    throw invalidParameter(
      `${whole} is a value that a task sets; this workspace keeps no task values. Write it to a file or table of the Products zone.`,
    );
  if (!keys.includes(task))
    throw invalidParameter(`${whole} names task '${task}', which does not exist. Tasks: ${keys.join(', ')}.`);
  if (property !== 'run_id' && property !== 'result_state')
    throw invalidParameter(`${whole}: of another task, run_id and result_state can be referred to.`);
}

/** The values of `job.start_time.…` in UTC. */
export function startTimeValue(name: string, startedMs: number): string | undefined {
  const iso = new Date(startedMs).toISOString();
  const [date = '', time = ''] = iso.slice(0, 19).split('T');
  const [year, month, day] = date.split('-');
  const [hour, minute, second] = time.split(':');
  const values = new Map(
    Object.entries({
      iso_date: date,
      iso_datetime: iso.slice(0, 19),
      timestamp_ms: String(startedMs),
      year,
      month: withoutZero(month),
      day: withoutZero(day),
      hour: withoutZero(hour),
      minute: withoutZero(minute),
      second: withoutZero(second),
    }),
  );
  return values.get(name);
}

function withoutZero(digits = ''): string {
  return String(Number(digits));
}
