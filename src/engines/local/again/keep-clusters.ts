import type { JsonObject } from '../../../core/json.ts';
import { withValues } from '../../../databricks/policy/cluster-attributes.ts';
import type { PastRequestsApi } from '../../../databricks/runs/past-requests-api.ts';
import { rulesReader, type SubmitPlan } from '../plan/plan-submit.ts';
import { lastAttempt, type RunRecord, type TaskRecord } from '../record/run-record.ts';
import { type KeptCluster, keepCluster } from './keep-cluster.ts';

/** A task whose policy has changed since it ran. */
export interface PolicyChange {
  readonly taskId: string;
  readonly policy: string;
  /** Undefined when the workspace no longer tells what the cluster was. */
  readonly kept?: KeptCluster;
}

/**
 * For tasks whose policy says something else than when they ran: what the cluster was, and what may be sent to have it
 * so again. Asks the workspace, which keeps runs for 60 days.
 * @param before The run that is repeated. @param plans The requests of the run that repeats it
 */
export async function keepClusters(
  before: RunRecord,
  plans: readonly SubmitPlan[],
  changed: readonly TaskRecord[],
  past: PastRequestsApi,
  signal: AbortSignal,
): Promise<readonly PolicyChange[]> {
  const rulesOf = rulesReader();
  return Promise.all(
    changed.map(async ({ taskId }) => {
      const planned = plans.find((plan) => plan.taskId === taskId)?.clusters[0];
      const task = before.tasks.find((each) => each.taskId === taskId);
      const policy = planned?.policy.name ?? '';
      const attempt = task === undefined ? undefined : lastAttempt(task);
      const was = attempt?.runId === undefined ? undefined : await clusterOf(past, attempt.runId, signal);
      if (was === undefined || planned === undefined || attempt === undefined) return { taskId, policy };
      const asked = firstCluster(attempt.payload);
      const kept = keepCluster(was, asked, planned.evaluated, rulesOf(planned.policy));
      return { taskId, policy, kept };
    }),
  );
}

/** Pure: the run with the values that have to be sent for its clusters to be as they were. */
export function withKeptClusters(planned: RunRecord, changes: readonly PolicyChange[]): RunRecord {
  const tasks = planned.tasks.map((task) => {
    const sent = changes.find(({ taskId }) => taskId === task.taskId)?.kept?.sent;
    if (sent === undefined || sent.size === 0) return task;
    const { submit } = task.plan;
    const [first, ...others] = submit.tasks as readonly JsonObject[];
    const cluster = withValues(first?.new_cluster as JsonObject, sent);
    return {
      ...task,
      plan: { ...task.plan, submit: { ...submit, tasks: [{ ...first, new_cluster: cluster }, ...others] } },
    };
  });
  return { ...planned, tasks };
}

async function clusterOf(
  past: PastRequestsApi,
  runId: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    const { body } = await past.pastRequest(runId, signal);
    const cluster = firstCluster(body);
    return Object.keys(cluster).length === 0 ? undefined : cluster;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

function firstCluster(body: JsonObject): JsonObject {
  const [first] = Array.isArray(body.tasks) ? (body.tasks as readonly JsonObject[]) : [];
  return (first?.new_cluster ?? {}) as JsonObject;
}
