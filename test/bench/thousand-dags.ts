import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AirflowDag } from '../../src/engines/airflow/compile/airflow-dag.ts';
import { compileFiles } from '../../src/engines/airflow/compile/compile-files.ts';
import { type CompiledDag, planBuild } from '../../src/engines/airflow/compile/plan-build.ts';
import { printPython, pythonLiteral } from '../../src/engines/airflow/compile/python-text.ts';

/** A DAG file as a team would write it: a schedule, documentation, params, three tasks. */
function dagText(index: number): string {
  return `# yaml-language-server: $schema=../.hermes/dag.schema.json
dag: ${idOf(index)}
team: team-${index % 40}
schedule: "${index % 60} ${index % 24} * * *"
start_date: 2026-01-01
timezone: Europe/Madrid
tags: [climate, "domain:market${index % 7}"]
description: Daily figures of market ${index}
doc: |
  # Market ${index}
  Owner: the market team. Ask in #market when it fails.
  Reads the stations, writes the report.
params: { threshold: ${index}, mode: daily }
retries: 2
tasks:
  extract:
    hermes: { project_name: observations, inputs: [market.stations], parameters: ["--day", "{{ ds }}", "--part", "${index}"] }
  transform:
    after: [extract]
    execution_timeout_seconds: 3600
    hermes: { project_name: observations, script_name: monthly, script_version: 1.4.0, parameters: ["--day", "{{ ds }}", "--mode", "{{ params.mode }}"] }
  report:
    after: [transform]
    hermes: { project_name: reports, view_access_control_list: [data-engineers], env: { MODE: full } }
`;
}

function idOf(index: number): string {
  return `market_${String(index).padStart(5, '0')}`;
}

/** Writes that many DAG files into the folder `dags` of a folder. */
export function writeDagFiles(folder: string, count: number): void {
  mkdirSync(join(folder, 'dags'), { recursive: true });
  for (let index = 0; index < count; index += 1)
    writeFileSync(join(folder, 'dags', `${idOf(index)}.dag.yaml`), dagText(index));
}

/** The compiled DAGs of a folder. */
export async function compiledIn(folder: string): Promise<readonly CompiledDag[]> {
  const { dags, problems } = await compileFiles(['dags'], { cwd: folder });
  if (problems.length > 0) throw new Error(JSON.stringify(problems[0]));
  return dags;
}

/** Hermes' own build of them, all in one shard where that is asked for. */
export function writeBuild(folder: string, dags: readonly CompiledDag[], shards: 'one' | 'as usual'): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of planBuild(shards === 'one' ? dags.slice(0, 1) : dags))
    writeFileSync(join(folder, name), text);
  const lines = dags.map(({ line }) => line).join(',\n');
  if (shards === 'one') writeFileSync(join(folder, 'hermes_dags_0.json'), `[\n${lines}\n]\n`);
  return folder;
}

/** The same DAGs and tasks, of the same operators, in one loop as a person writes it. */
export function writeLoop(folder: string, dags: readonly CompiledDag[]): string {
  const first = JSON.parse(dags[0]?.line ?? '') as AirflowDag;
  const tasks = first.tasks.map((task, place) => {
    const before = place === 0 ? 'first' : first.tasks[place - 1]?.task_id;
    return `        ${task.task_id} = DatabricksSubmitRunOperator(
            task_id="${task.task_id}", databricks_conn_id="${task.databricks_conn_id}", deferrable=True,
            json={**${task.task_id.toUpperCase()}, "run_name": f"market_{i:05}.${task.task_id}"},
            retries=2, retry_delay=timedelta(seconds=300),
        )
        ${before} >> ${task.task_id}`;
  });
  const bodies = first.tasks.map(
    ({ task_id, json }) => `${task_id.toUpperCase()} = ${printPython(pythonLiteral(json), 0, 0, 0)}`,
  );
  const loop = `${IMPORTS}
${bodies.join('\n')}

for i in range(${dags.length}):
    with DAG(
        f"market_{i:05}", schedule=CronTriggerTimetable(f"{i % 60} {i % 24} * * *", timezone="Europe/Madrid"),
        start_date=datetime(2026, 1, 1, tz="Europe/Madrid"), catchup=False, max_active_runs=16,
        tags=["climate", f"domain:market{i % 7}", "compaas-service:hermes"],
        description=f"Daily figures of market {i}", doc_md=f"# Market {i}\\nOwner: the market team.\\n",
        params={"threshold": i, "mode": "daily"}, default_args={"owner": f"team-{i % 40}"},
    ) as dag:
        first = PythonOperator(task_id="resolve_artifacts", python_callable=print)
${tasks.join('\n')}
    globals()[dag.dag_id] = dag
`;
  return writeFolder(folder, { 'loop.py': loop });
}

/** The same as a file for each DAG. */
export function writePlainFiles(folder: string, dags: readonly CompiledDag[]): string {
  const files = dags.map(({ dagId, line }, index) => {
    const { tasks, options } = JSON.parse(line) as AirflowDag;
    const lines = tasks.map(({ task_id, json }, place) => {
      const before = place === 0 ? 'first' : tasks[place - 1]?.task_id;
      const body = printPython(pythonLiteral(json), 8, 13, 1);
      return `    ${task_id} = DatabricksSubmitRunOperator(
        task_id="${task_id}",
        deferrable=True,
        json=${body},
    )
    ${before} >> ${task_id}`;
    });
    const text = `${IMPORTS}
with DAG(
    "${dagId}",
    schedule=CronTriggerTimetable("${index % 60} ${index % 24} * * *", timezone="Europe/Madrid"),
    start_date=datetime(2026, 1, 1, tz="Europe/Madrid"),
    tags=${printPython(pythonLiteral(options.tags ?? []), 4, 9, 1)},
    params=${printPython(pythonLiteral(options.params ?? {}), 4, 11, 1)},
):
    first = PythonOperator(task_id="resolve_artifacts", python_callable=print)
${lines.join('\n')}
`;
    return [`${dagId}.py`, text] as const;
  });
  return writeFolder(folder, Object.fromEntries(files));
}

/** The same for dag-factory: a loader, and a file of YAML for each DAG; an empty operator in place of the first task. */
export function writeDagFactory(folder: string, dags: readonly CompiledDag[]): string {
  const files = dags.map(({ dagId, line }, index) => {
    const { tasks, options, owner } = JSON.parse(line) as AirflowDag;
    const operator = 'airflow.providers.databricks.operators.databricks.DatabricksSubmitRunOperator';
    const first = {
      task_id: 'resolve_artifacts',
      operator: 'airflow.providers.standard.operators.empty.EmptyOperator',
    };
    const dag = {
      ...options,
      schedule: `${index % 60} ${index % 24} * * *`,
      default_args: { owner, start_date: '2026-01-01' },
      tasks: [
        first,
        ...tasks.map(({ task_id, json, upstream }) => ({
          ...{ task_id, operator, json, deferrable: true, retries: 2 },
          dependencies: upstream,
        })),
      ],
    };
    // JSON is YAML; a text in quotes is read faster than a plain one.
    return [`${dagId}.yaml`, `${JSON.stringify({ [dagId]: dag }, null, 1)}\n`] as const;
  });
  const loader = `from airflow.sdk import DAG
from dagfactory import load_yaml_dags

load_yaml_dags(globals_dict=globals(), dags_folder=${JSON.stringify(folder)})
`;
  return writeFolder(folder, { 'loader.py': loader, ...Object.fromEntries(files) });
}

const IMPORTS = `from datetime import timedelta

from airflow.providers.databricks.operators.databricks import DatabricksSubmitRunOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, CronTriggerTimetable
from pendulum import datetime
`;

function writeFolder(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
