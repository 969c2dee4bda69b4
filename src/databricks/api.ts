import type { JsonObject } from '../core/json.ts';
import type { Run, RunOutput, RunPage, RunQuery } from './runs/run.ts';

/**
 * Runs of a workspace (https://docs.databricks.com/api/workspace/jobs).
 * @throws ConnectionError, RemoteError, or ConfigError when the workspace refuses what was asked.
 */
export interface JobsApi {
  /** Starts a run and answers its id; with the `idempotency_token` of an earlier call, the id of that run. */
  submitRun(body: JsonObject, signal?: AbortSignal): Promise<string>;
  getRun(runId: string, signal?: AbortSignal): Promise<Run>;
  /** Of a task run; a run with tasks has no output of its own. */
  getRunOutput(taskRunId: string, signal?: AbortSignal): Promise<RunOutput>;
  /** Asks for the end of a run; it comes later. A run that has ended stays as it is. */
  cancelRun(runId: string, signal?: AbortSignal): Promise<void>;
  listRuns(query: RunQuery, signal?: AbortSignal): Promise<RunPage>;
}

/** A cluster policy. */
export interface ClusterPolicy {
  readonly policyId: string;
  readonly name: string;
  /** JSON text as the workspace keeps it; that of a policy of a family with the policy's overrides merged in. */
  readonly definition: string;
  /** The family that the policy is built on: `job-cluster`. */
  readonly familyId?: string;
}

/** Cluster policies of a workspace (https://docs.databricks.com/api/workspace/clusterpolicies). */
export interface PoliciesApi {
  getPolicy(policyId: string, signal?: AbortSignal): Promise<ClusterPolicy>;
  /** Those that the caller may use. */
  listPolicies(signal?: AbortSignal): Promise<readonly ClusterPolicy[]>;
  /** Answers the id. */
  createPolicy(name: string, definition: string, signal?: AbortSignal): Promise<string>;
  /** Replaces name and definition; a policy of a family leaves it, and a description or libraries are gone. */
  editPolicy(policy: ClusterPolicy, signal?: AbortSignal): Promise<void>;
  /** Lets a group start clusters with the policy. */
  grantPolicyUse(policyId: string, group: string, signal?: AbortSignal): Promise<void>;
}
