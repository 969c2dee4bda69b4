import type { Json, JsonObject } from '../../core/json.ts';
import type { Problem } from '../../core/problems.ts';
import { isSecretName } from '../../core/redaction.ts';
import type { LoadedDag } from '../../dag/load-dags.ts';
import type { TaskPlan } from '../../dag/task.ts';

/** Variables of Hermes' own, none of which is a secret. */
const OWN = /^(HERMES_|DD_)/;
/**
 * The name of a secret as a request has it, whether Hermes wrote it for Jinja or a person did; or that of a variable of
 * the environment, which may hold the name of a secret where there are any.
 */
const REFERENCE = /\{secrets\/|\bvar\./;

/**
 * Environment variables that are called as secrets are and hold their values themselves: everybody who sees the DAG
 * file or the cluster reads them. One remark for each variable, with the tasks that have it. Pure.
 */
export function secretAdvice({ dag, shownFile }: Pick<LoadedDag, 'dag' | 'shownFile'>): Problem[] {
  const holders = new Map<string, string[]>();
  for (const plan of dag.plans())
    for (const name of openSecrets(plan)) holders.set(name, [...(holders.get(name) ?? []), plan.taskId]);
  return [...holders].map(([name, [first = '', ...others]]) => {
    const { place } = dag.task(first);
    const at = place === undefined ? {} : { line: place.line, column: place.column };
    const tasks = [first, ...others].map((taskId) => `"${taskId}"`).join(', ');
    const subject = `Task${others.length === 0 ? '' : 's'} ${tasks}`;
    const message = `${subject}: the value of ${name} can be read in the file and on the page of the cluster.`;
    const hint = `Keep it as a secret of Databricks: ${name}: "{{secrets/SCOPE/KEY}}".`;
    return { file: shownFile, ...at, message, hint };
  });
}

function openSecrets({ submit }: TaskPlan): readonly string[] {
  const tasks = Array.isArray(submit.tasks) ? (submit.tasks as readonly Json[]) : [];
  const names = tasks.flatMap((task) => {
    const variables = objectOf(objectOf(objectOf(task).new_cluster).spark_env_vars);
    return Object.entries(variables).flatMap(([name, value]) =>
      isSecretName(name) && !OWN.test(name) && value !== '' && !REFERENCE.test(String(value)) ? [name] : [],
    );
  });
  return [...new Set(names)];
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
