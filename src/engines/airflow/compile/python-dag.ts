import type { Json } from '../../../core/json.ts';
import { PINS_TASK_ID } from '../../../dag/task-options.ts';
import type { AirflowDag, AirflowTask } from './airflow-dag.ts';
import { pythonNames } from './python-names.ts';
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
 * Writes a DAG as a file of its own, formatted as ruff and Black leave it. Every value stands in a literal. Pure.
 * @param source The DAG file, as the user would type it.
 * @param tasksModule The module beside it that brings the parts.
 */
export function renderPythonDag(dag: AirflowDag, source: string, tasksModule: string): string {
  const names = pythonNames(dag);
  const statements = dag.tasks.map((task) => {
    const call = pythonCall('submit_run', taskArguments(task));
    return assign(names.get(task.task_id) ?? '', call);
  });
  if (Object.keys(dag.requests).length > 0) {
    const call = pythonCall(PINS_TASK_ID, [['', pythonLiteral(dag.requests as unknown as Json)]]);
    statements.unshift(assign(names.get(PINS_TASK_ID) ?? '', call));
  }
  const body = [statements.join('\n'), dag.tasks.flatMap((task) => orderLines(task, names)).join('\n')];
  const head = printPython(pythonCall('DAG', dagArguments(dag)), 0, 'with '.length, ' as dag:'.length);
  const block = body.filter((part) => part !== '').join('\n\n');
  return `${title(dag, source)}\n\n${imports(dag, tasksModule)}\n\nwith ${head} as dag:\n${block}\n`;
}

/** Names of files may hold anything; the title says what can be read. */
function title({ dag_id }: AirflowDag, source: string): string {
  const shown = source.replace(/[^\p{L}\p{N}/ _.@+-]/gu, '?');
  return `"""DAG ${dag_id}, written by \`hermes airflow compile\`. Edit ${shown} instead."""`;
}

function imports(dag: AirflowDag, tasksModule: string): string {
  const all = [dag, ...dag.tasks];
  const hasTimes =
    dag.dagrun_timeout_seconds !== undefined ||
    dag.tasks.some(({ options }) => Object.keys(options).some((name) => TIMES.has(name)));
  const names = [
    'DAG',
    ...(all.some((one) => callbackArguments(one).length > 0) ? ['Callback'] : []),
    ...(isCron(dag.schedule) ? ['cron'] : []),
    ...(dag.start_date === undefined && dag.end_date === undefined ? [] : ['moment']),
    ...(Object.keys(dag.requests).length > 0 ? [PINS_TASK_ID] : []),
    'submit_run',
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

function taskArguments(task: AirflowTask): Argument[] {
  return [
    ['task_id', pythonText(task.task_id)],
    ['databricks_conn_id', pythonText(task.databricks_conn_id)],
    ['json', pythonLiteral(task.json)],
    ...Object.entries(task.options).map(
      ([name, value]): Argument => [name, TIMES.has(name) ? duration(Number(value)) : pythonLiteral(value)],
    ),
    ...callbackArguments(task),
  ];
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
