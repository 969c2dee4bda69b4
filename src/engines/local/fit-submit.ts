import { ConfigError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ClusterPolicy } from '../../databricks/api.ts';
import { fitCluster } from '../../databricks/fit-cluster.ts';

/**
 * Fits the clusters of a rendered `runs/submit` body to the policy that each of them names.
 * @throws ConfigError with every value that a policy refuses
 */
export function fitSubmit(
  submit: JsonObject,
  taskId: string,
  policies: ReadonlyMap<string, ClusterPolicy>,
): JsonObject {
  if (!Array.isArray(submit.tasks)) return submit;
  const problems: string[] = [];
  const tasks = (submit.tasks as readonly JsonObject[]).map((task) => {
    const cluster = task.new_cluster as JsonObject | undefined;
    const policy = policies.get(String(cluster?.policy_id ?? ''));
    if (cluster === undefined || policy === undefined) return task;
    const fitted = fitCluster(cluster, policy);
    problems.push(...fitted.problems);
    return { ...task, new_cluster: fitted.cluster };
  });
  if (problems.length === 0) return { ...submit, tasks };
  throw new ConfigError(`Cannot start task ${taskId}: ${problems.join(' ')}`, {
    code: 'HERMES_POLICY_REFUSED',
    nextStep: 'Leave such values to the policy, or ask the platform team, which owns it.',
  });
}
