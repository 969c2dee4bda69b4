import { type Json, stringifyJson } from '../../core/json.ts';
import { activeClustersOf } from '../compute/clusters.ts';
import type { Identity } from '../identity/users.ts';
import { policyLimit } from '../policies/policies.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { type ClusterRules, planTasks } from './plan-tasks.ts';
import { insertRun, runByToken } from './runs.ts';
import { parseSubmission } from './submission.ts';
import type { PlannedTask } from './task-request.ts';

export interface SubmitOptions extends ClusterRules {
  readonly now: Date;
  readonly firstRunId: bigint;
}

/**
 * Takes in a run, checking in the order of the real service: shape, then the policy (exists, may be used, obeyed), then
 * the token (a repeat answers the run it made, whatever became of it), then quotas. Everything is stored at once.
 */
export function submitRun(
  body: Json,
  who: Identity,
  options: SubmitOptions,
): { runId: bigint; isNew: boolean } {
  const { db } = options;
  const submission = parseSubmission(body);
  const tasks = planTasks(submission.tasks, who, options);
  const { idempotencyToken } = submission;
  const known = idempotencyToken === undefined ? undefined : runByToken(db, idempotencyToken);
  if (known?.deleted != null)
    throw invalidParameter(
      `The run with idempotency token '${idempotencyToken}' was deleted; choose another token.`,
    );
  if (known !== undefined) return { runId: known.run_id, isNew: false };
  assertQuota(db, who, tasks);
  return insertRun(db, submission, tasks, stringifyJson(body), who, options.now, options.firstRunId);
}

/** `max_clusters_per_user` of the policies that the run uses. */
export function assertQuota(db: Database, who: Identity, tasks: readonly PlannedTask[]): void {
  for (const { newCluster } of tasks) {
    const policyId = fieldsOf(newCluster).text('policy_id');
    const limit = policyId ? policyLimit(db, policyId) : undefined;
    if (policyId && limit !== undefined && activeClustersOf(db, who.userName, policyId) >= limit)
      throw new ApiError(
        'QUOTA_EXCEEDED',
        `User ${who.userName} has ${limit} active clusters under the policy ${policyId}, which is its limit.`,
      );
  }
}
