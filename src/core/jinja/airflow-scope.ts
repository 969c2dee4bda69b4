import type { Json, JsonObject } from '../json.ts';
import { didYouMean } from '../suggest.ts';
import type { Scope } from './evaluate.ts';
import { Moment } from './moment.ts';
import { namespaces, uuid5 } from './uuid.ts';
import { Attributes, type Callable, TemplateFault, toText, Undefined, type Value } from './values.ts';

/** What Airflow tells a template about the run, the task and the environment. */
export interface AirflowFacts {
  readonly dagId: string;
  readonly taskId: string;
  readonly runId: string;
  /** `manual`, `scheduled`, … */
  readonly runType: string;
  /** Absent for a run without a logical date: then `ds`, `ts` and their kin are undefined, as in Airflow 3. */
  readonly logicalDate?: Date | undefined;
  readonly runAfter: Date;
  readonly dataIntervalStart?: Date | undefined;
  readonly dataIntervalEnd?: Date | undefined;
  /** Counts from 1. */
  readonly tryNumber: number;
  readonly params: JsonObject;
  /** Configuration of a triggered run: `dag_run.conf`. */
  readonly conf: JsonObject;
  /** Airflow variables; an object is reached by `var.json`, its text by `var.value`. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Return values of earlier tasks by task id: what `ti.xcom_pull(task_ids='x')` gives. */
  readonly returnValues: Readonly<Record<string, Json>>;
  /** The tasks directly before each, by task id: `task.upstream_task_ids`. A task that is not named has none. */
  readonly upstream?: ReadonlyMap<string, readonly string[]>;
}

/**
 * The names that a template may use
 * (https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html), as far as a run on this machine has them.
 */
export function airflowScope({ taskId, tryNumber, ...run }: AirflowFacts): Scope {
  return runScope(run)(taskId, tryNumber);
}

/** The same for the tasks of one run: what they share is made once. */
export function runScope(
  facts: Omit<AirflowFacts, 'taskId' | 'tryNumber'>,
): (taskId: string, tryNumber: number) => Scope {
  const { dagId } = facts;
  const shared = sharedScope(facts);
  const day = facts.runAfter.toISOString().slice(0, 10).replaceAll('-', '');
  return (taskId, tryNumber) => {
    const instance = taskInstance({ ...facts, taskId, tryNumber });
    return {
      ...shared,
      task: taskOf(facts, taskId),
      ti: instance,
      task_instance: instance,
      task_instance_key_str: `${dagId}__${taskId}__${day}`,
    };
  };
}

function taskOf({ dagId, upstream }: Pick<AirflowFacts, 'dagId' | 'upstream'>, taskId: string): Attributes {
  const before = [...(upstream?.get(taskId) ?? [])];
  const values = { task_id: taskId, dag_id: dagId, upstream_task_ids: before };
  return new Attributes('task', values, `<Task: ${taskId}>`);
}

function sharedScope(facts: Omit<AirflowFacts, 'taskId' | 'tryNumber'>): Scope {
  const { dagId, runId } = facts;
  return {
    ...dates(facts.logicalDate),
    run_id: runId,
    dag: new Attributes('dag', { dag_id: dagId }, `<DAG: ${dagId}>`),
    dag_run: dagRun(facts),
    data_interval_start: moment(facts.dataIntervalStart),
    data_interval_end: moment(facts.dataIntervalEnd),
    params: facts.params,
    var: new Attributes('var', {
      value: variables(facts.variables, valueText),
      json: variables(facts.variables, asJson),
    }),
    macros,
  };
}

function dates(logicalDate: Date | undefined): Scope {
  if (logicalDate === undefined) return {};
  const date = new Moment(logicalDate);
  return {
    logical_date: date,
    ds: date.strftime('%Y-%m-%d'),
    ds_nodash: date.strftime('%Y%m%d'),
    ts: date.isoformat(),
    ts_nodash: date.strftime('%Y%m%dT%H%M%S'),
    ts_nodash_with_tz: date.isoformat().replace(/[-:]/g, ''),
  };
}

function dagRun(facts: Omit<AirflowFacts, 'taskId' | 'tryNumber'>): Attributes {
  return new Attributes('dag_run', {
    dag_id: facts.dagId,
    run_id: facts.runId,
    run_type: facts.runType,
    logical_date: moment(facts.logicalDate),
    run_after: new Moment(facts.runAfter),
    data_interval_start: moment(facts.dataIntervalStart),
    data_interval_end: moment(facts.dataIntervalEnd),
    conf: facts.conf,
  });
}

function taskInstance(facts: AirflowFacts): Attributes {
  const pull: Callable = ([positional], keywords) => {
    const id = toText(keywords.task_ids ?? positional ?? facts.taskId);
    const key = toText(keywords.key ?? 'return_value');
    return key === 'return_value' && Object.hasOwn(facts.returnValues, id)
      ? (facts.returnValues[id] ?? null)
      : null;
  };
  return new Attributes('ti', {
    dag_id: facts.dagId,
    task_id: facts.taskId,
    run_id: facts.runId,
    try_number: facts.tryNumber,
    map_index: -1,
    xcom_pull: pull,
  });
}

function moment(date: Date | undefined): Value {
  return date === undefined ? null : new Moment(date);
}

function variables(all: Readonly<Record<string, unknown>>, convert: (value: unknown) => Json): Attributes {
  const entries = Object.entries(all).map(([name, value]) => [name, convert(value)] as const);
  const get: Callable = ([name = '', fallback]) => {
    const key = toText(name);
    if (Object.hasOwn(all, key)) return convert(all[key]);
    const known = [`variable ${key} does not exist.`, didYouMean(key, Object.keys(all))].join(' ').trim();
    return fallback ?? new Undefined(known);
  };
  return new Attributes('var', { get, ...Object.fromEntries(entries) });
}

/** A variable is a text in Airflow; `airflow variables import` writes what is not one as JSON, indented by two. */
function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function asJson(value: unknown): Json {
  if (typeof value !== 'string') return value as Json;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const macros = new Attributes('macros', {
  uuid: new Attributes('macros.uuid', {
    ...namespaces,
    uuid5: ([namespace = '', name = '']) => uuid5(toText(namespace), toText(name)),
  }),
  ds_add: ([date = '', days = 0]) => addDays(toText(date), Number(toText(days))),
});

function addDays(date: string, days: number): string {
  const start = new Date(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(start.getTime()) || !Number.isInteger(days)) {
    throw new TemplateFault(
      `macros.ds_add needs a date as 2026-01-31 and whole days; it was given ${date}, ${days}.`,
    );
  }
  return new Date(start.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}
