import { join } from 'node:path';
import { packageRoot } from '../../../src/core/package-root.ts';
import { airflowPython } from '../../airflow-python.ts';
import { lastingPython } from '../../lasting-python.ts';
import { temporaryFolder } from '../../setup.ts';

/** What a real Airflow makes of a task. */
interface TaskFacts {
  readonly type: string;
  readonly upstream: readonly string[];
  readonly rule: string;
  readonly retries: number;
  readonly owner: string;
  readonly links: readonly string[];
  readonly json: unknown;
  readonly connection: string | null;
  readonly requests: Readonly<Record<string, unknown>> | null;
}

/** What it makes of a DAG, or why it refuses it. */
export interface DagFacts {
  readonly error?: string;
  readonly warnings: readonly string[];
  readonly tags: readonly string[];
  readonly tasks: Readonly<Record<string, TaskFacts>>;
}

const HEAD = `
from airflow.decorators import dag, task, task_group
from airflow.models import DAG
from airflow.utils.task_group import TaskGroup
from hermes_airflow import HermesOperator
`;
const HEAD_3 = `
from airflow.sdk import DAG, TaskGroup, dag, task, task_group
from airflow.providers.standard.operators.empty import EmptyOperator
from hermes_airflow import HermesOperator
`;
const EMPTY_2 = 'from airflow.operators.empty import EmptyOperator\n';

/** DAGs in Python, each without its imports, as the real Airflow loads them. */
export function load(major: 2 | 3, bodies: readonly string[]): Promise<readonly DagFacts[]> {
  const head = major === 3 ? HEAD_3 : HEAD + EMPTY_2;
  return loaders[major](bodies.map((body) => head + body));
}

const loaders = { 2: loader(2), 3: loader(3) };

function loader(major: 2 | 3) {
  return lastingPython<readonly DagFacts[]>(async () => ({
    python: await airflowPython(major),
    words: [
      join(packageRoot, 'test', 'operators', 'python', 'load_dag.py'),
      join(packageRoot, 'operators', 'python'),
    ],
    env: { AIRFLOW_HOME: temporaryFolder(), AIRFLOW__CORE__LOAD_EXAMPLES: 'False' },
  }));
}

/** A DAG of team weather; its lines are in its block. */
export function inDag(lines: string, options = ''): string {
  const body = lines.trim().split('\n').join('\n    ');
  return `with DAG("seattle", schedule=None, default_args={"team": "weather", "owner": "climate"}${options}) as the_dag:\n    ${body}\n`;
}

/** What comes before each task, and a rule that is not the usual one. */
export function graph({ tasks }: DagFacts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tasks).map(([id, { upstream, rule }]) => [
      id,
      [upstream.join(' '), rule === 'all_success' ? '' : rule].filter(Boolean).join(' : '),
    ]),
  );
}

/** A task of the project observations. */
export const hermes = (id: string, more = ''): string =>
  `HermesOperator(task_id="${id}", project_name="observations"${more && `, ${more}`})`;
