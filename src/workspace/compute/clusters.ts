import { randomBytes, randomInt } from 'node:crypto';
import { type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import type { EvaluatedCluster, ValueSource } from '../policies/policy-evaluator.ts';
import type { Database } from '../state/database.ts';
import { isObject } from '../wire/fields.ts';

/** A job cluster: made for one attempt of one task, ended with it. */
export interface ClusterRecord {
  readonly cluster_id: string;
  readonly task_run: bigint;
  readonly creator: string;
  /** JSON: the request's `new_cluster`. */
  readonly request: string;
  /** JSON: the request after its policy. */
  readonly effective: string;
  /** JSON: flat path → where the value comes from. */
  readonly sources: string;
  readonly context_id: string | null;
  readonly state: 'PENDING' | 'RUNNING' | 'TERMINATING' | 'TERMINATED';
  readonly created: number;
  readonly ended: number | null;
  readonly reason: string | null;
}

export interface ClusterOwner {
  readonly taskRunId: bigint;
  readonly jobId: bigint;
  readonly runId: bigint;
  readonly taskKey: string;
  readonly creator: string;
}

/** Why a cluster ended, in the words of the Clusters API. */
export type TerminationReason = 'JOB_FINISHED' | 'USER_REQUEST' | 'CLOUD_PROVIDER_LAUNCH_FAILURE';

/** Makes a cluster in state PENDING and answers its id, `1121-093312-k3j9x2aq`. */
export function createCluster(
  db: Database,
  request: JsonObject,
  evaluated: EvaluatedCluster,
  owner: ClusterOwner,
  now: Date,
): string {
  const id = clusterId(now);
  const effective = {
    ...evaluated.spec,
    cluster_name: `job-${owner.jobId}-run-${owner.runId}-${owner.taskKey}`,
  };
  db.run(
    `INSERT INTO clusters (cluster_id, task_run, creator, request, effective, sources, state, created)
     VALUES (?, ?, ?, ?, ?, ?, 'PENDING', ?)`,
    id,
    owner.taskRunId,
    owner.creator,
    stringifyJson(request),
    stringifyJson(effective),
    stringifyJson(evaluated.sources),
    now.getTime(),
  );
  return id;
}

/** The cluster is up: it gets its Spark context id. */
export function clusterRuns(db: Database, id: string): void {
  db.run("UPDATE clusters SET state = 'RUNNING', context_id = ? WHERE cluster_id = ?", contextId(), id);
}

export function clusterEnds(db: Database, id: string): void {
  db.run("UPDATE clusters SET state = 'TERMINATING' WHERE cluster_id = ? AND ended IS NULL", id);
}

export function clusterEnded(db: Database, id: string, reason: TerminationReason, now: Date): void {
  db.run(
    "UPDATE clusters SET state = 'TERMINATED', ended = ?, reason = ? WHERE cluster_id = ? AND ended IS NULL",
    now.getTime(),
    reason,
    id,
  );
}

export function clusterById(db: Database, id: string): ClusterRecord | undefined {
  return db.row<ClusterRecord>('SELECT * FROM clusters WHERE cluster_id = ?', id);
}

/** Clusters of a user under a policy that have not ended, for `max_clusters_per_user`. */
export function activeClustersOf(db: Database, creator: string, policyId: string): number {
  return db
    .rows<ClusterRecord>('SELECT * FROM clusters WHERE creator = ? AND ended IS NULL', creator)
    .filter((cluster) => effectiveSpec(cluster).policy_id === policyId).length;
}

export function effectiveSpec(cluster: ClusterRecord): JsonObject {
  return parseJson(cluster.effective) as JsonObject;
}

export function valueSources(cluster: ClusterRecord): Readonly<Record<string, ValueSource>> {
  return JSON.parse(cluster.sources);
}

/** The reply of clusters/get: the effective values at the top, the request under `spec`. */
export function renderCluster(cluster: ClusterRecord, jobId: bigint, runName: string): JsonObject {
  const spec = effectiveSpec(cluster);
  const { apply_policy_default_values: _consumed, ...effective } = spec;
  return {
    cluster_id: cluster.cluster_id,
    ...effective,
    ...(cluster.context_id === null ? {} : { spark_context_id: BigInt(cluster.context_id) }),
    creator_user_name: cluster.creator,
    cluster_source: 'JOB',
    state: cluster.state,
    state_message: '',
    start_time: cluster.created,
    ...(cluster.ended === null ? {} : { terminated_time: cluster.ended }),
    ...(cluster.reason === null ? {} : { termination_reason: terminationReason(cluster.reason) }),
    default_tags: {
      Vendor: 'Databricks',
      Creator: cluster.creator,
      ClusterName: String(effective.cluster_name),
      ClusterId: cluster.cluster_id,
      RunName: runName,
      JobId: String(jobId),
    },
    spec: parseJson(cluster.request),
  };
}

/** `spark_env_vars` of a cluster as an environment for processes. */
export function environmentVariables(spec: JsonObject): Record<string, string> {
  const variables = isObject(spec.spark_env_vars) ? spec.spark_env_vars : {};
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value ?? '')]));
}

/** `termination_reason` of a cluster. */
export function terminationReason(code: string): JsonObject {
  return { code, type: code === 'CLOUD_PROVIDER_LAUNCH_FAILURE' ? 'CLIENT_ERROR' : 'SUCCESS' };
}

function clusterId(now: Date): string {
  const digits = now.toISOString().replace(/\D/g, '');
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const tail = Array.from(randomBytes(8), (byte) => letters[byte % letters.length]).join('');
  return `${digits.slice(4, 8)}-${digits.slice(8, 14)}-${tail}`;
}

/** 19 digits that fit int64. */
function contextId(): string {
  return `${randomInt(1, 9)}${String(randomInt(10 ** 9)).padStart(9, '0')}${String(randomInt(10 ** 9)).padStart(9, '0')}`;
}
