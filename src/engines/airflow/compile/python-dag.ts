import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../../core/json.ts';
import { PINS_TASK_ID } from '../../../dag/task-options.ts';
import type { AirflowDag, AirflowTask } from './airflow-dag.ts';
import { pythonNames } from './python-names.ts';
import { type PythonTask, pythonTask } from './python-task.ts';
import {
  type Python,
  printPython,
  pythonCall,
  pythonLines,
  pythonList,
  pythonLiteral,
  pythonText,
} from './python-text.ts';

type Argument = readonly [name: string, value: Python];

const TIMES = new Set(['retry_delay', 'max_retry_delay', 'execution_timeout']);
const INDENT = 4;

/**
 * Writes a DAG as a file of its own, formatted as ruff and Black leave it: at each task what its author chose, every
 * value in a literal. Pure.
 * @param source The DAG file, as the user would type it.
 * @param tasksModule The module beside it that brings the parts.
 */
export function renderPythonDag(dag: AirflowDag, source: string, tasksModule: string): string {
  const names = pythonNames(dag);
  const tasks = dag.tasks.map((task) => pythonTask(dag, task));
  const shared = sharedTags(tasks);
  const statements = tasks.map((one) =>
    assign(names.get(one.task.task_id) ?? '', pythonCall(one.call, taskArguments(one, shared))),
  );
  if (Object.keys(dag.requests).length > 0)
    statements.push(
      assign(names.get(PINS_TASK_ID) ?? '', pythonCall(FIRST_TASK, firstArguments(dag, tasks))),
    );
  const body = [statements.join('\n'), dag.tasks.flatMap((task) => orderLines(task, names)).join('\n')];
  const head = printPython(pythonCall('DAG', dagArguments(dag)), 0, 'with '.length, ' as dag:'.length);
  const block = body.filter((part) => part !== '').join('\n\n');
  const constants = shared === undefined ? [] : [`${TAGS} = ${printPython(shared, 0, TAGS.length + 3, 0)}`];
  const parts = [title(dag, source, tasksModule), imports(dag, tasks, tasksModule), ...constants];
  return `${parts.join('\n\n')}\n\nwith ${head} as dag:\n${block}\n`;
}

const FIRST_TASK = 'resolve_artifacts_of';
const TAGS = 'TAGS';

/** Tags that several tasks have: they stand once. */
function sharedTags(tasks: readonly PythonTask[]): Python | undefined {
  const [first, ...others] = tasks.flatMap(({ tags }) => tags ?? []);
  const isShared = others.length > 0 && others.every((each) => isDeepStrictEqual(each, first));
  return isShared && first !== undefined ? pythonLiteral(first) : undefined;
}

/** Names of files may hold anything; the title says what can be read. */
function title({ dag_id }: AirflowDag, source: string, tasksModule: string): string {
  const shown = source.replace(/[^\p{L}\p{N}/ _.@+-]/gu, '?');
  return `"""DAG ${dag_id}, written by \`hermes airflow compile\`. Edit ${shown} instead.

Each task is a DatabricksSubmitRunOperator of Airflow's Databricks provider. What its
request holds beside the options below, ${tasksModule}.py adds.
"""`;
}

function imports(dag: AirflowDag, tasks: readonly PythonTask[], tasksModule: string): string {
  const all = [dag, ...dag.tasks];
  const calls = tasks.map(({ call }) => call);
  const hasTimes =
    dag.dagrun_timeout_seconds !== undefined ||
    dag.tasks.some(({ options }) => Object.keys(options).some((name) => TIMES.has(name)));
  const names = [
    'DAG',
    ...(all.some((one) => callbackArguments(one).length > 0) ? ['Callback'] : []),
    ...(tasks.some(({ args }) => args.some(([name]) => name === 'artifact')) ? ['artifact_lookup'] : []),
    ...(isCron(dag.schedule) ? ['cron'] : []),
    ...(dag.start_date === undefined && dag.end_date === undefined ? [] : ['moment']),
    ...(Object.keys(dag.requests).length > 0 ? [FIRST_TASK] : []),
    ...[...new Set(calls)].sort(),
  ];
  const flat = `from ${tasksModule} import ${names.join(', ')}`;
  const whole = flat.length <= 88 ? flat : `from ${tasksModule} import (\n    ${names.join(',\n    ')},\n)`;
  return hasTimes ? `from datetime import timedelta\n\n${whole}` : whole;
}

function dagArguments(dag: AirflowDag): Argument[] {
  const { schedule, timezone, start_date, end_date, dagrun_timeout_seconds, options } = dag;
  const moment = (text: string) =>
    pythonCall('moment', [
      ['', pythonText(text)],
      ['', pythonText(timezone)],
    ]);
  return [
    ['', pythonText(dag.dag_id)],
    [
      'schedule',
      isCron(schedule)
        ? pythonCall('cron', [
            ['', pythonText(schedule)],
            ['', pythonText(timezone)],
          ])
        : pythonLiteral(schedule),
    ],
    ...(start_date === undefined ? [] : [['start_date', moment(start_date)] as const]),
    ...(end_date === undefined ? [] : [['end_date', moment(end_date)] as const]),
    ...(dagrun_timeout_seconds === undefined
      ? []
      : [['dagrun_timeout', duration(dagrun_timeout_seconds)] as const]),
    ['default_args', pythonLiteral({ owner: dag.owner })],
    ...Object.entries(options).map(
      ([name, value]): Argument => [
        name,
        name === 'doc_md' ? pythonLines(String(value)) : pythonLiteral(value),
      ],
    ),
    ...callbackArguments(dag),
  ];
}

function taskArguments({ task, call, args, tags }: PythonTask, shared: Python | undefined): Argument[] {
  // The functions that add what is missing retry nothing unless told so.
  const isUsual = (name: string, value: Json): boolean =>
    call !== 'submit_run' && name === 'retries' && value === 0;
  return [
    ...args,
    ...(tags === undefined ? [] : [['tags', shared === undefined ? pythonLiteral(tags) : TAGS] as const]),
    ...Object.entries(task.options)
      .filter(([name, value]) => !isUsual(name, value))
      .map(
        ([name, value]): Argument => [name, TIMES.has(name) ? duration(Number(value)) : pythonLiteral(value)],
      ),
    ...callbackArguments(task),
  ];
}

/** Which artifacts a task takes stands at the task, unless its whole request is written out. */
function firstArguments({ requests }: AirflowDag, tasks: readonly PythonTask[]): Argument[] {
  const others = tasks.flatMap(({ call, task: { task_id } }) => {
    const lookup = Object.hasOwn(requests, task_id) ? requests[task_id] : undefined;
    return call === 'submit_run' && lookup !== undefined ? [[task_id, lookup] as const] : [];
  });
  const literal = pythonLiteral(Object.fromEntries(others) as unknown as Json);
  return [['', 'dag'], ...(others.length === 0 ? [] : [['', literal] as const])];
}

function callbackArguments(one: AirflowDag | AirflowTask): Argument[] {
  const names = [
    'on_success_callback',
    'on_failure_callback',
    'on_retry_callback',
    'on_execute_callback',
  ] as const;
  return names.flatMap((name): Argument[] => {
    const calls = one[name]?.map(({ callback, arguments: given }) =>
      pythonCall('Callback', [
        ['', pythonText(callback)],
        ...(given === undefined ? [] : [['', pythonLiteral(given)] as const]),
      ]),
    );
    return calls === undefined ? [] : [[name, pythonList(calls)]];
  });
}

function isCron(schedule: string | null): schedule is string {
  return schedule !== null && schedule !== '@once';
}

function duration(seconds: number): Python {
  return pythonCall('timedelta', [['seconds', String(seconds)]]);
}

function assign(name: string, call: Python): string {
  const before = `${' '.repeat(INDENT)}${name} = `;
  return `${before}${printPython(call, INDENT, before.length, 0)}`;
}

/** `[a, b] >> c` where that fits on a line, else a line for each. */
function orderLines({ task_id, upstream = [] }: AirflowTask, names: ReadonlyMap<string, string>): string[] {
  const own = names.get(task_id) ?? '';
  const before = upstream.map((id) => names.get(id) ?? '');
  const together = `    ${before.length === 1 ? before[0] : `[${before.join(', ')}]`} >> ${own}`;
  if (before.length === 0) return [];
  return together.length <= 88 ? [together] : before.map((name) => `    ${name} >> ${own}`);
}
