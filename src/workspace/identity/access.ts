import { clusterById, effectiveSpec } from '../compute/clusters.ts';
import { type RunRecord, requestOf, runById, type TaskRecord, taskById } from '../jobs/runs.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { isObject } from '../wire/fields.ts';
import { isAllowed, type Level } from './permissions.ts';
import type { Identity } from './users.ts';

/** A run found by its own id or by the id of one of its tasks. */
export interface FoundRun {
  readonly run: RunRecord;
  /** Present when the id was a task's. */
  readonly task?: TaskRecord;
}

const texts: Partial<Record<Level, string>> = {
  CAN_VIEW: 'View or Admin or Manage Run or Owner',
  CAN_MANAGE_RUN: 'Manage Run or Admin or Owner',
};

/**
 * Finds a run for someone with at least `needed` on its job. Permission comes before existence:
 * who may not see everything learns nothing about ids that do not exist.
 */
export function findRun(db: Database, id: bigint, who: Identity, needed: Level): FoundRun {
  const task = taskById(db, id);
  const run = runById(db, task?.parent ?? id);
  if (run === undefined) {
    if (who.isAdmin) throw invalidParameter(`Run ${id} does not exist.`);
    throw denied(who, needed, `run ${id}`);
  }
  if (!isAllowed(db, who, 'jobs', String(run.job_id), needed)) throw denied(who, needed, `job ${run.job_id}`);
  return task === undefined ? { run } : { run, task };
}

/** Throws unless someone has at least `needed` on a job. */
export function assertJobAccess(db: Database, jobId: bigint, who: Identity, needed: Level): void {
  if (!isAllowed(db, who, 'jobs', String(jobId), needed)) throw denied(who, needed, `job ${jobId}`);
}

/**
 * Whether someone may read the driver log of a task. Secrets are not redacted in it, so it takes CAN_MANAGE (owner
 * included), or CAN_VIEW when the cluster says `spark.databricks.acl.needAdminPermissionToViewLogs = false`.
 * https://docs.databricks.com/jobs/privileges.html
 */
export function maySeeLog(db: Database, run: RunRecord, task: TaskRecord, who: Identity): boolean {
  const cluster = task.cluster_id === null ? undefined : clusterById(db, task.cluster_id);
  const spec = cluster === undefined ? requestOf(task).evaluated.spec : effectiveSpec(cluster);
  const conf = isObject(spec.spark_conf) ? spec.spark_conf : {};
  const isOpen = String(conf['spark.databricks.acl.needAdminPermissionToViewLogs']) === 'false';
  return isAllowed(db, who, 'jobs', String(run.job_id), isOpen ? 'CAN_VIEW' : 'IS_OWNER');
}

function denied(who: Identity, needed: Level, object: string): ApiError {
  const wanted = texts[needed] ?? 'Admin or Owner';
  return new ApiError(
    'PERMISSION_DENIED',
    `User ${who.userName} does not have ${wanted} permissions on ${object}.`,
  );
}
