import { type Json, type JsonObject, parseJson } from '../../core/json.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf, isObject } from '../wire/fields.ts';
import { parseNamed, parseParameters } from './parse-work.ts';

/** What a run of a saved job has other than its settings say; stored and echoed in the words of the wire. */
export interface RunOverrides {
  readonly job_parameters?: Readonly<Record<string, string>>;
  /** In place of the parameters of every script, and of wheels that list theirs. */
  readonly python_params?: readonly string[];
  /** Added to the widgets of every notebook. */
  readonly notebook_params?: Readonly<Record<string, string>>;
  /** Added to the named parameters of every wheel. */
  readonly python_named_params?: Readonly<Record<string, string>>;
  /** Tasks that run; the others are left out. */
  readonly only?: readonly string[];
}

/** A parameter of a job. */
export interface JobParameter {
  readonly name: string;
  readonly default: string;
}

const OF_OTHER_TASKS = [
  'jar_params',
  'spark_submit_params',
  'pipeline_params',
  'sql_params',
  'dbt_commands',
] as const;

/** Reads the parameters of run-now and of a repair. @throws ApiError for those of tasks that are not run here. */
export function parseOverrides(fields: Fields): RunOverrides {
  const other = OF_OTHER_TASKS.find((name) => !isEmpty(fields.value[name]));
  if (other !== undefined)
    throw invalidParameter(`${other} is for tasks of a kind that this workspace does not run.`);
  const named = (name: string): Record<string, Record<string, string>> => {
    const given = fields.object(name);
    return given === undefined || isEmpty(given) ? {} : { [name]: parseNamed(given, name) };
  };
  const overrides: RunOverrides = {
    ...named('job_parameters'),
    ...named('notebook_params'),
    ...named('python_named_params'),
    ...(isEmpty(fields.value.python_params)
      ? {}
      : { python_params: parseParameters(fields, 'python_params') }),
    ...(fields.list('only').length === 0 ? {} : { only: fields.texts('only') }),
  };
  const { job_parameters: forJob, only: _only, ...forTasks } = overrides;
  if (forJob !== undefined && Object.keys(forTasks).length > 0)
    throw invalidParameter(
      `job_parameters cannot be given together with ${Object.keys(forTasks).join(', ')}.`,
    );
  return overrides;
}

/** Clients send empty lists and objects for what they leave as it is. */
function isEmpty(given: Json | undefined): boolean {
  return given == null || (typeof given === 'object' && Object.keys(given).length === 0);
}

/** Reads `parameters` of a job's settings. */
export function parseJobParameters(fields: Fields): JobParameter[] {
  return fields.list('parameters').map((item, index) => {
    const parameter = fieldsOf(item, `parameters[${index}].`);
    const name = parameter.requiredText('name');
    if (!/^[\w.-]{1,100}$/.test(name))
      throw invalidParameter(
        `parameters[${index}].name ${JSON.stringify(name)} is invalid: letters, digits, '_', '-' and '.' are allowed.`,
      );
    return { name, default: parameter.text('default') ?? '' };
  });
}

/** The parameters of the job with the values that a run has. */
export function jobParameterValues(
  parameters: readonly JobParameter[],
  overrides: RunOverrides,
): ReadonlyMap<string, string> {
  return new Map([
    ...parameters.map(({ name, default: value }) => [name, value] as const),
    ...Object.entries(overrides.job_parameters ?? {}),
  ]);
}

export function readOverrides(text: string | null): RunOverrides {
  return text === null ? {} : (parseJson(text) as unknown as RunOverrides);
}

/** A task as its settings say it, with what the run changes. Parameters of the job reach whatever takes named ones. */
export function overriddenTask(
  task: JsonObject,
  overrides: RunOverrides,
  jobParameters: ReadonlyMap<string, string>,
): JsonObject {
  const { spark_python_task: script, python_wheel_task: wheel, notebook_task: notebook } = task;
  const forJob = Object.fromEntries(jobParameters);
  const { python_params: listed } = overrides;
  if (isObject(script) && listed !== undefined)
    return { ...task, spark_python_task: { ...script, parameters: listed } };
  if (isObject(wheel)) return { ...task, python_wheel_task: overriddenWheel(wheel, overrides, forJob) };
  if (isObject(notebook)) {
    const own = isObject(notebook.base_parameters) ? notebook.base_parameters : {};
    const base_parameters = { ...own, ...forJob, ...overrides.notebook_params };
    return { ...task, notebook_task: { ...notebook, base_parameters } };
  }
  return task;
}

function overriddenWheel(
  wheel: JsonObject,
  overrides: RunOverrides,
  forJob: Readonly<Record<string, string>>,
): JsonObject {
  const { parameters, named_parameters: own, ...rest } = wheel;
  if (overrides.python_params !== undefined) return { ...rest, parameters: overrides.python_params };
  const isListed = Array.isArray(parameters) && parameters.length > 0;
  if (isListed && overrides.python_named_params === undefined) return wheel;
  const named_parameters = {
    ...(isObject(own) ? own : {}),
    ...(isObject(own) ? forJob : {}),
    ...overrides.python_named_params,
  };
  return Object.keys(named_parameters).length === 0 ? wheel : { ...rest, named_parameters };
}
