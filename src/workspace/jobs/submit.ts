import { type Json, stringifyJson } from '../../core/json.ts';
import { activeClustersOf } from '../compute/clusters.ts';
import { type Identity, identityOf, listUsers } from '../identity/users.ts';
import { policyLimit } from '../policies/policies.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { insertRun, type NewRun, type StoredRun } from './new-run.ts';
import { type ClusterRules, planTasks } from './plan-tasks.ts';
import { runByToken } from './runs.ts';
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
export function submitRun(body: Json, who: Identity, options: SubmitOptions): StoredRun {
  const { db } = options;
  const submission = parseSubmission(body);
  const runAs = identityOf(db, submission.runAs ?? who.userName);
  assertMayRunAs(db, who, submission.runAs);
  const tasks = planTasks(submission.tasks, runAs, options);
  const { idempotencyToken } = submission;
  const known = knownRun(db, idempotencyToken, idempotencyToken);
  if (known !== undefined) return known;
  assertQuota(db, runAs, tasks);
  const run: NewRun = {
    name: submission.runName,
    creator: who.userName,
    runAs: runAs.userName,
    request: stringifyJson(body),
    timeoutSeconds: submission.timeoutSeconds,
    ...(idempotencyToken === undefined ? {} : { idempotencyToken }),
    tasks,
    of: { grants: submission.grants },
  };
  return insertRun(db, run, options.now, options.firstRunId);
}

/** The run that a token made already; `stored` is the form in which the database keeps it. */
export function knownRun(
  db: Database,
  token: string | undefined,
  stored: string | undefined,
): StoredRun | undefined {
  const known = stored === undefined ? undefined : runByToken(db, stored);
  if (known === undefined) return undefined;
  if (known.deleted !== null)
    throw invalidParameter(`The run with idempotency token '${token}' was deleted; choose another token.`);
  return { runId: known.run_id, isNew: false };
}

/** @throws ApiError when someone wants a run with the rights of another, which only an administrator may. */
export function assertMayRunAs(db: Database, who: Identity, runAs: string | undefined): void {
  if (runAs === undefined || runAs === who.userName) return;
  if (!who.isAdmin)
    throw new ApiError(
      'PERMISSION_DENIED',
      `User ${who.userName} may not set run_as to ${runAs}: only an administrator may name another user.`,
    );
  if (!listUsers(db).some((user) => user.userName === runAs))
    throw invalidParameter(`run_as names ${runAs}, which is no user of this workspace.`);
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
