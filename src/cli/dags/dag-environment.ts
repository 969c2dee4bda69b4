import { findTableProblems } from '../../../operators/table-problems.ts';
import type { Environment } from '../../config/environment.ts';
import { parseVersion } from '../../core/pep440.ts';
import type { Problem } from '../../core/problems.ts';
import { findTagClashes } from '../../core/tags.ts';
import type { Dag } from '../../dag/dag.ts';
import type { LoadedDag } from '../../dag/load-dags.ts';
import type { Task } from '../../dag/task.ts';

const LATEST = 'latest';

type CheckedDag = Pick<LoadedDag, 'dag' | 'shownFile' | 'textPlace'>;

/** What is wrong with the tasks of a team only because of the environment that they are checked for. Pure. */
export function environmentProblems(loaded: CheckedDag, environment: Environment): Problem[] {
  return [
    ...branchProblems(loaded, environment),
    ...tableProblems(loaded, environment),
    ...tagProblems(loaded, environment),
  ];
}

/** Tags of the DAG that the platform gives to the team's runs with another value. */
function tagProblems({ dag, shownFile }: CheckedDag, { name, teamVariable }: Environment): Problem[] {
  const { tags = [] } = dag.options;
  const given = teamVariable.datadog.tags;
  return findTagClashes(tags, given)
    .filter(({ isSame }) => !isSame)
    .map(({ message }) => ({
      file: shownFile,
      ...placeOf(dag),
      message: `${message} The first one comes from the platform, for ${name}.`,
    }));
}

/** Tables of a team's tasks that an environment refuses. Pure. */
export function tableProblems(
  { dag, shownFile, textPlace }: CheckedDag,
  environment: Environment,
): Problem[] {
  const readersAndWriters = dag.tasks.filter(
    ({ tables: { inputs, outputs } }) => inputs.length + outputs.length > 0,
  );
  return tasksOf(readersAndWriters, dag, environment).flatMap(({ task }) =>
    findTableProblems(task.taskId, task.tables, environment).map(({ table, ...found }) => ({
      file: shownFile,
      ...(textPlace?.(task.taskId, table) ?? placeOf(task)),
      ...found,
    })),
  );
}

function branchProblems({ dag, shownFile }: CheckedDag, environment: Environment): Problem[] {
  if (!environment.production) return [];
  return tasksOf(dag.tasks, dag, environment).flatMap(({ task, plan }) => {
    const version = plan.artifacts?.scriptVersion ?? LATEST;
    if (version === LATEST || parseVersion(version) !== undefined) return [];
    const message = `Task "${task.taskId}" asks for the branch ${version}, whose builds exist in development only.`;
    const hint = 'Merge it and take latest, or name a version.';
    return [{ file: shownFile, ...placeOf(task), message, hint }];
  });
}

function tasksOf(tasks: readonly Task[], dag: Dag, { team }: Environment) {
  return tasks
    .map((task) => ({ task, plan: task.draft(dag.contextOf(task)) }))
    .flatMap(({ task, plan }) => (plan?.team === team ? [{ task, plan }] : []));
}

function placeOf({ place }: Task | Dag): Pick<Problem, 'line' | 'column'> {
  return place === undefined ? {} : { line: place.line, column: place.column };
}
