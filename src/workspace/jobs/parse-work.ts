import type { Json, JsonObject } from '../../core/json.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { readableLocation } from './locations.ts';
import type { TaskWork } from './task-work.ts';

const RUN_HERE = ['spark_python_task', 'python_wheel_task', 'notebook_task'] as const;
const NOT_RUN_HERE = [
  'spark_jar_task',
  'spark_submit_task',
  'pipeline_task',
  'sql_task',
  'dbt_task',
  'run_job_task',
  'condition_task',
  'for_each_task',
];
const PARAMETER_BYTES = 10_000;

/** What a task does. @throws ApiError when it says nothing, several things, or what this workspace does not run. */
export function parseWork(task: Fields, taskKey: string): TaskWork {
  const other = NOT_RUN_HERE.find((kind) => task.value[kind] !== undefined);
  if (other !== undefined)
    throw invalidParameter(`Task ${taskKey} is a ${other}; this workspace runs ${RUN_HERE.join(', ')}.`);
  const kinds = RUN_HERE.filter((kind) => task.object(kind) !== undefined);
  const [kind] = kinds;
  if (kind === undefined)
    throw invalidParameter(`Task ${taskKey} has none of ${RUN_HERE.join(', ')}: there is nothing to run.`);
  if (kinds.length > 1)
    throw invalidParameter(`Task ${taskKey} has ${kinds.join(' and ')}; exactly one is allowed.`);
  const fields = fieldsOf(task.object(kind), `${kind}.`);
  if (fields.text('source') === 'GIT')
    throw invalidParameter(`${kind}.source is GIT: this workspace runs no files of git repositories.`);
  if (kind === 'spark_python_task') return scriptWork(fields);
  return kind === 'python_wheel_task' ? wheelWork(fields) : notebookWork(fields);
}

function scriptWork(fields: Fields): TaskWork {
  const file = readableLocation(fields.requiredText('python_file'), 'python_file');
  return { kind: 'script', file, parameters: parseParameters(fields, 'spark_python_task.parameters') };
}

function wheelWork(fields: Fields): TaskWork {
  const listed = parseParameters(fields, 'python_wheel_task.parameters');
  const named = Object.entries(parseNamed(fields.object('named_parameters'), 'named_parameters'));
  if (listed.length > 0 && named.length > 0)
    throw invalidParameter('Only one of python_wheel_task.parameters and named_parameters can be given.');
  return {
    kind: 'wheel',
    packageName: fields.requiredText('package_name'),
    entryPoint: fields.requiredText('entry_point'),
    parameters: [...listed, ...named.map(([name, value]) => `--${name}=${value}`)],
  };
}

function notebookWork(fields: Fields): TaskWork {
  const path = fields.requiredText('notebook_path');
  if (!path.startsWith('/'))
    throw invalidParameter(
      `notebook_path ${JSON.stringify(path)} is not absolute: only notebooks of the workspace can be run.`,
    );
  return { kind: 'notebook', path, widgets: parseNamed(fields.object('base_parameters'), 'base_parameters') };
}

/** Parameters that are listed. @throws ApiError for what is no string, holds NUL, or is too long. */
export function parseParameters(fields: Fields, name: string): string[] {
  const list = name.split('.').at(-1) ?? name;
  const parameters = fields.list(list).map((item) => parameterText(item, name));
  assertShort(parameters, name);
  return parameters;
}

/** Parameters by their names. @throws ApiError as {@link parseParameters}. */
export function parseNamed(given: JsonObject | undefined, name: string): Record<string, string> {
  const named = Object.fromEntries(
    Object.entries(given ?? {}).map(([key, value]) => [key, parameterText(value, name)]),
  );
  assertShort(named, name);
  return named;
}

function parameterText(item: Json, name: string): string {
  if (typeof item === 'object') throw invalidParameter(`${name} must be strings.`);
  const text = String(item);
  if (text.includes('\0')) throw invalidParameter(`${name} must not hold NUL characters.`);
  return text;
}

function assertShort(parameters: Json, name: string): void {
  if (Buffer.byteLength(JSON.stringify(parameters)) > PARAMETER_BYTES)
    throw invalidParameter(`The parameters of a task must not exceed 10,000 bytes as JSON (${name}).`);
}
