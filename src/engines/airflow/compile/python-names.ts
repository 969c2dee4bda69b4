import { sha256Hex } from '../../../core/sha256.ts';
import { PINS_TASK_ID } from '../../../dag/task-options.ts';
import type { AirflowDag } from './airflow-dag.ts';

/** Names that a DAG's file has already, and words of Python (https://docs.python.org/3/reference/lexical_analysis.html). */
const TAKEN = new Set(
  'DAG TAGS Callback artifact_lookup cron moment resolve_artifacts_of run_job run_script submit_run timedelta dag False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** With a number behind it, two of them and an arrow fit on a line. */
const MAX_VARIABLE = 34;

/** The variable of each task in a DAG's file, by task id: the id itself where it can be one. */
export function pythonNames({ tasks }: AirflowDag): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const used = new Set(TAKEN);
  const give = (id: string, wish: string): void => {
    const candidates = [wish, `${wish}_task`, ...tasks.map((_, index) => `${wish}_${index + 2}`)];
    const name = candidates.find((candidate) => !used.has(candidate)) ?? wish;
    used.add(name);
    names.set(id, name);
  };
  const isName = (id: string): boolean =>
    id.length <= MAX_VARIABLE && /^[A-Za-z_]\w*$/.test(id) && !TAKEN.has(id);
  for (const { task_id } of tasks) if (isName(task_id)) give(task_id, task_id);
  for (const { task_id } of tasks) {
    const clean = task_id.slice(0, MAX_VARIABLE - 'task_'.length).replace(/\W/g, '_');
    if (!names.has(task_id)) give(task_id, /^\d/.test(clean) ? `task_${clean}` : clean);
  }
  give(PINS_TASK_ID, 'artifacts');
  return names;
}

/** Room for an ending, which writers of files add for a moment: names may have 255 bytes. */
const MAX_NAME = 200;

/** The file of each DAG by its id; a name that is too long keeps a hash, one that two of them would get is numbered. */
export function pythonFileNames(dagIds: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const used = new Set<string>();
  for (const id of dagIds.toSorted()) {
    const clean = shortName(id).replace(/\./g, '_').replace(/^_/, 'dag_');
    let name = clean;
    for (let count = 2; used.has(name.toLowerCase()); count += 1) name = `${clean}_${count}`;
    used.add(name.toLowerCase());
    names.set(id, `${name}.py`);
  }
  return names;
}

function shortName(id: string): string {
  if (id.length <= MAX_NAME) return id;
  return `${id.slice(0, MAX_NAME - 9)}_${sha256Hex(id).slice(0, 8)}`;
}
