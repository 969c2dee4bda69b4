import { type Grant, replaceGrants, withOwner } from '../identity/permissions.ts';
import { type Database, nextId } from '../state/database.ts';
import { labelRun } from './run-labels.ts';
import { skippedRun } from './run-state.ts';
import { endRun, endTask, insertTask, runByToken, type TriggerKind, tasksOf } from './runs.ts';
import type { PlannedTask } from './task-request.ts';

/** A run that is about to be stored. */
export interface NewRun {
  readonly name: string;
  /** Who asked for it. */
  readonly creator: string;
  /** Whose rights it has. */
  readonly runAs: string;
  /** JSON: the body of a submit, or the settings of the job as they are. */
  readonly request: string;
  /** 0 = none. */
  readonly timeoutSeconds: number;
  readonly idempotencyToken?: string;
  readonly tasks: readonly PlannedTask[];
  /** The access list of the hidden job that a submitted run gets, or the saved job that the run belongs to. */
  readonly of: { readonly grants: readonly Grant[] } | JobOfRun;
}

interface JobOfRun {
  readonly jobId: bigint;
  readonly trigger: TriggerKind;
  /** JSON: what run-now changed. */
  readonly overrides: string;
  /** Runs of the job that may be active at once. */
  readonly maxConcurrentRuns: number;
  /** Whether a run beyond that waits; else it is skipped. */
  readonly isQueued: boolean;
}

/** The run that a request made, or made earlier. */
export interface StoredRun {
  readonly runId: bigint;
  readonly isNew: boolean;
}

/** Stores a run with its tasks at once; answers the run that holds the token already, if any. */
export function insertRun(db: Database, run: NewRun, now: Date, firstRunId: bigint): StoredRun {
  return db.transaction(() => {
    const known = run.idempotencyToken === undefined ? undefined : runByToken(db, run.idempotencyToken);
    if (known !== undefined) return { runId: known.run_id, isNew: false };
    const job = 'jobId' in run.of ? run.of : undefined;
    const isFull = job !== undefined && !hasRoom(db, job.jobId, job.maxConcurrentRuns);
    const isHeld = isFull && job.isQueued && job.maxConcurrentRuns > 0;
    const runId = insertRow(db, run, job, isHeld, now, firstRunId);
    run.tasks.forEach((task, position) => {
      const life = task.dependsOn.length > 0 ? 'BLOCKED' : 'QUEUED';
      insertTask(db, runId, task, { attempt: 0, position, life }, firstRunId);
    });
    labelRun(db, runId);
    if (isFull && !isHeld) skip(db, runId, job.maxConcurrentRuns, now);
    return { runId, isNew: true };
  });
}

/** Whether there is room for another run of a job. */
export function hasRoom(db: Database, jobId: bigint, maxConcurrentRuns: number): boolean {
  const sql = 'SELECT run_id FROM runs WHERE job_id = ? AND ended IS NULL AND held IS NULL LIMIT ?';
  return db.rows(sql, jobId, maxConcurrentRuns).length < maxConcurrentRuns;
}

function insertRow(
  db: Database,
  run: NewRun,
  job: JobOfRun | undefined,
  isHeld: boolean,
  now: Date,
  firstRunId: bigint,
): bigint {
  const runId = nextId(db, 'run', firstRunId);
  const jobId = job?.jobId ?? nextId(db, 'job', 1n);
  db.run(
    `INSERT INTO runs (run_id, job_id, name, creator, run_as, token, request, timeout_seconds, submitted,
       trigger_kind, overrides, held) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    runId,
    jobId,
    run.name,
    run.creator,
    run.runAs,
    run.idempotencyToken ?? null,
    run.request,
    run.timeoutSeconds,
    now.getTime(),
    job?.trigger ?? null,
    job?.overrides ?? null,
    isHeld ? 1 : null,
  );
  if ('grants' in run.of) replaceGrants(db, 'jobs', String(jobId), withOwner(run.of.grants, run.creator));
  return runId;
}

function skip(db: Database, runId: bigint, limit: number, now: Date): void {
  const ending = skippedRun(limit);
  for (const task of tasksOf(db, runId)) endTask(db, task.run_id, ending, now);
  endRun(db, runId, ending, now);
}
