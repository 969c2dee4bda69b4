import type { Environment } from '../config/environment.ts';
import { parseVersion } from '../core/pep440.ts';
import type { Problem } from '../core/problems.ts';
import type { LoadedDag } from '../dag/load-dags.ts';

/** What is wrong with a DAG only because of the environment that it is checked for. Pure. */
export function environmentProblems(loaded: LoadedDag, environment: Environment): Problem[] {
  if (!environment.production) return [];
  return loaded.dag.tasks.flatMap((task) => {
    const { scriptVersion } = task.plan(loaded.dag.contextOf(task)).artifacts;
    if (scriptVersion === 'latest' || parseVersion(scriptVersion) !== undefined) return [];
    const place = task.place === undefined ? {} : { line: task.place.line, column: task.place.column };
    const message = `Task "${task.taskId}" asks for the branch ${scriptVersion}, whose builds exist in development only.`;
    const hint = 'Merge it and take latest, or name a version.';
    return [{ file: loaded.shownFile, ...place, message, hint }];
  });
}
