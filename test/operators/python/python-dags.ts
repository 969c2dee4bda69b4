import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../../src/core/package-root.ts';
import { airflowPython } from '../../airflow-python.ts';
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
export async function load(major: 2 | 3, bodies: readonly string[]): Promise<readonly DagFacts[]> {
  const head = major === 3 ? HEAD_3 : HEAD + EMPTY_2;
  const script = join(packageRoot, 'test', 'operators', 'python', 'load_dag.py');
  const child = spawnSync(await airflowPython(major), [script, join(packageRoot, 'operators', 'python')], {
    input: JSON.stringify(bodies.map((body) => head + body)),
    encoding: 'utf8',
    env: {
      ...process.env,
      AIRFLOW_HOME: temporaryFolder(),
      AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
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
