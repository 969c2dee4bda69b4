import type { Pin } from '../../../artifacts/pin.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { TaskOptions, TaskPlan, TriggerRule } from '../../../dag/task.ts';
import type { RunDurations } from '../../../databricks/runs/run.ts';
import type { Actor, Cause } from '../../../databricks/runs/run-outcome.ts';

/** States of a task instance, Airflow's names and meanings. `none`: not looked at yet. */
export type TaskState =
  | 'none'
  | 'queued'
  | 'running'
  | 'success'
  | 'failed'
  | 'up_for_retry'
  | 'upstream_failed'
  | 'skipped';

/** States that no longer change by themselves. */
export const finishedStates: ReadonlySet<TaskState> = new Set([
  'success',
  'failed',
  'upstream_failed',
  'skipped',
]);

/** Why an attempt did not succeed, for a person. */
export interface AttemptError {
  /** The last line of the traceback, or what the workspace said. */
  readonly message: string;
  /** The user's own line: `observations/monthly.py:41`. */
  readonly place?: string;
  readonly actor: Actor;
  /** `interrupted`: Ctrl-C ended it. `request` is also said of a submit that the workspace did not take. */
  readonly kind: Cause | 'interrupted';
  /** One sentence: who has to act, and what to do. Absent where the kind says all. */
  readonly advice?: string;
}

/** One attempt of a task: one Databricks run. Times are ISO 8601 in UTC. */
export interface Attempt {
  /** Counts from 1. */
  readonly number: number;
  /** Idempotency token; written before the submit, so that a crash in between starts nothing twice. */
  readonly token: string;
  /** What was submitted, with secrets masked. */
  readonly payload: JsonObject;
  readonly queuedAt: string;
  /** Known once the workspace has taken the run. */
  readonly runId?: string;
  readonly pageUrl?: string;
  /** The task run inside the run: whose output can be read. */
  readonly taskRunId?: string;
  /** State text of the workspace: `PENDING`, `RUNNING`, `SUCCESS`, … */
  readonly remoteState?: string;
  readonly endedAt?: string;
  /** How long its parts took, as the workspace tells it. */
  readonly durations?: RunDurations;
  readonly error?: AttemptError;
  /** Its end was asked for and has not been seen: the run may still be going, and is ended before another one starts. */
  readonly unconfirmed?: true;
}

/** One task of a DAG run. */
export interface TaskRecord {
  readonly taskId: string;
  readonly upstream: readonly string[];
  readonly triggerRule: TriggerRule;
  readonly retries: number;
  readonly retryDelaySeconds: number;
  readonly retryExponentialBackoff: boolean;
  readonly maxRetryDelaySeconds?: number;
  readonly executionTimeoutSeconds?: number;
  /** What the task was made of, so that a run with another option needs no DAG file; absent in some records. */
  readonly operatorName?: string;
  readonly options?: TaskOptions;
  readonly plan: TaskPlan;
  /** Inputs that tasks before it in the DAG write; a run that repeats this task alone has none of those. */
  readonly writtenBefore?: readonly string[];
  /** Absent for a task that takes nothing of the artifact store. */
  readonly pin?: Pin;
  /** The cluster policy that the request was planned with, and the hash of its definition at that time. */
  readonly policy?: { readonly policyId: string; readonly name: string; readonly sha256: string };
  readonly state: TaskState;
  readonly attempts: readonly Attempt[];
  /** When the task went to `up_for_retry`: the time of its next attempt. */
  readonly retryAt?: string;
  /** The wait for its next attempt was ended, as {@link RunRecord.ended}; the attempt keeps its own error. */
  readonly retryEnded?: RunEnd;
}

/** Who ended a run before its time: Ctrl-C where it was driven, or somebody from outside. */
export type RunEnd = 'interrupted' | 'canceled';

/** A DAG run on this machine: everything that is needed to show it, and to go on with it after a crash. */
export interface RunRecord {
  readonly format: 1;
  readonly dagId: string;
  readonly runId: string;
  readonly runType: 'manual';
  /** The DAG run that this one repeats. */
  readonly rerunOf?: { readonly dagId: string; readonly runId: string };
  readonly environment: string;
  /** Address of the workspace. The embedded one may have another port at its next start. */
  readonly host: string;
  readonly embedded: boolean;
  /** Team of the DAG; each task's plan names its own. */
  readonly team: string;
  /** Tags of the DAG as its author wrote them; absent in older records. */
  readonly tags?: readonly string[];
  /** The folder where `hermes.yaml` and variables are looked up. */
  readonly folder: string;
  /** The DAG file, or `hermes run project`. */
  readonly source: string;
  readonly logicalDate: string;
  readonly params: JsonObject;
  /** Tasks at a time. */
  readonly parallel: number;
  readonly dagrunTimeoutSeconds?: number;
  readonly state: 'running' | 'success' | 'failed';
  /** Beside `failed`: it was ended by a person; absent in older records. */
  readonly ended?: RunEnd;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** The process that drives it; another one may take over when it is gone. */
  readonly driver: { readonly pid: number; readonly startedAt: string };
  readonly tasks: readonly TaskRecord[];
}

/** The latest attempt of a task. */
export function lastAttempt(task: TaskRecord): Attempt | undefined {
  return task.attempts.at(-1);
}
