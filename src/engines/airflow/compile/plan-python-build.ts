import { sha256Hex } from '../../../core/sha256.ts';
import type { AirflowDag } from './airflow-dag.ts';
import { type BuildFiles, type CompiledDag, type PlannedFiles, withIndex } from './plan-build.ts';
import { renderPythonDag } from './python-dag.ts';
import { pythonFileNames } from './python-names.ts';
import { tasksModuleText } from './python-sources.ts';

/** Decides which files a build consists of that has a readable file for each DAG. Pure but for Hermes' own Python sources. */
export function planPythonBuild(dags: readonly CompiledDag[]): BuildFiles {
  return withIndex(dags, 'python', planFiles);
}

function planFiles(dags: readonly CompiledDag[]): PlannedFiles {
  const files = new Map<string, string>();
  if (dags.length === 0) return { files, fileOf: () => '' };
  const tasks = tasksModuleText();
  const module = `hermes_tasks_${sha256Hex(tasks).slice(0, 8)}`;
  const names = pythonFileNames(dags.map(({ dagId }) => dagId));
  const fileOf = (dagId: string): string => names.get(dagId) ?? '';
  files.set(`${module}.py`, tasks);
  // A name that means the same in both of Airflow's syntaxes for this file.
  files.set('.airflowignore', `${module}.py\n`);
  for (const { dagId, line, source } of dags)
    files.set(fileOf(dagId), renderPythonDag(JSON.parse(line) as AirflowDag, source, module));
  return { files, fileOf };
}
