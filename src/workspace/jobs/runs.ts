import { rmSync } from 'node:fs';
import { stringifyJson } from '../../core/json.ts';
import { driverFolder } from '../compute/driver.ts';
import { type Database, nextId } from '../state/database.ts';
import { endRepair } from './repairs.ts';
import {
  type Ending,
  endingOfRun,
  isTerminal,
  type LifeCycle,
  type Outcome,
  type TerminationType,
} from './run-state.ts';
import { readPlannedTask } from './stored-task.ts';
import type { PlannedTask } from './task-request.ts';

/** Why a run is ended as a whole. */
export type RunIntent = 'cancel' | 'stop' | 'timeout';

/** What started a run of a saved job. */
export type TriggerKind = 'ONE_TIME' | 'PERIODIC';

/** A run. Times are epoch milliseconds. */
export interface RunRecord extends Outcome {
  readonly run_id: bigint;
  readonly job_id: bigint;
  readonly name: string;
  readonly creator: string;
  /** Whose rights the run has, see {@link runAsOf}. */
  readonly run_as: string | null;
  /** JSON: the body of the submit, or the settings of the saved job as they were. */
  readonly request: string;
  /** Null for a submitted run, whose hidden job has this run only. */
  readonly trigger_kind: TriggerKind | null;
  /** JSON: what run-now changed, see `RunOverrides`. */
  readonly overrides: string | null;
  /** 1 while the run waits for another run of its job to end. */
  readonly held: number | null;
  /** 0 = none. */
  readonly timeout_seconds: number;
  readonly submitted: number;
  /** Set when the run as a whole was told to end: `cancel`, `stop` (with the workspace) or `timeout`. */
  readonly intent: RunIntent | null;
  readonly intent_by: string | null;
  readonly deleted: number | null;
}

/** One attempt of one task. */
export interface TaskRecord {
  readonly run_id: bigint;
  readonly parent: bigint;
  readonly task_key: string;
  readonly attempt: number;
  readonly position: number;
  readonly request: string;
  readonly life: LifeCycle;
  readonly result: Ending['result'] | null;
  readonly message: string | null;
  readonly code: string | null;
  readonly kind: TerminationType | null;
  readonly cluster_id: string | null;
  readonly pid: number | null;
  readonly process: string | null;
  /** When the attempt began to wait for room: after the tasks before it, after the wait before a retry. */
  readonly queued_at: number | null;
  readonly pending_at: number | null;
  readonly libraries_at: number | null;
  readonly running_at: number | null;
  readonly ending_at: number | null;
  readonly ended_at: number | null;
  readonly error: string | null;
  readonly error_trace: string | null;
  /** The repair that made this attempt; null for those of the run itself. */
  readonly repair: bigint | null;
  /** JSON: what was really run, see {@link RunArtifact}. */
  readonly artifacts: string | null;
}

/** A script or wheel with the hash of the bytes that were used. */
export interface RunArtifact {
  readonly kind: 'script' | 'wheel';
  readonly location: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

type TaskChange = Partial<Omit<TaskRecord, 'run_id' | 'parent' | 'task_key'>>;

type TaskPlace = Pick<TaskRecord, 'attempt' | 'position' | 'life'> & { readonly repair?: bigint | null };

/** Stores one attempt of a task. */
export function insertTask(
  db: Database,
  parent: bigint,
  task: PlannedTask,
  { attempt, position, life, repair }: TaskPlace,
  firstRunId: bigint,
): bigint {
  const id = nextId(db, 'run', firstRunId);
  db.run(
    'INSERT INTO task_runs (run_id, parent, task_key, attempt, position, request, life, repair) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    parent,
    task.taskKey,
    attempt,
    position,
    stringifyJson(task),
    life,
    repair ?? null,
  );
  return id;
}

/** Whose rights a run has: policies, files and secrets are asked for in this name. */
export function runAsOf(run: RunRecord): string {
  return run.run_as ?? run.creator;
}

export function runByToken(db: Database, token: string): RunRecord | undefined {
  return db.row<RunRecord>('SELECT * FROM runs WHERE token = ?', token);
}

export function runById(db: Database, id: bigint): RunRecord | undefined {
  return db.row<RunRecord>('SELECT * FROM runs WHERE run_id = ? AND deleted IS NULL', id);
}

export function taskById(db: Database, id: bigint): TaskRecord | undefined {
  return db.row<TaskRecord>(
    'SELECT t.* FROM task_runs t JOIN runs r ON r.run_id = t.parent WHERE t.run_id = ? AND r.deleted IS NULL',
    id,
  );
}

/** Every attempt of every task, in the order of the submit, attempts in order. */
export function tasksOf(db: Database, runId: bigint): TaskRecord[] {
  return db.rows<TaskRecord>('SELECT * FROM task_runs WHERE parent = ? ORDER BY position, attempt', runId);
}

/** How far one attempt of a task is. */
export type TaskLife = Pick<TaskRecord, 'task_key' | 'life' | 'pending_at'>;

/** As {@link tasksOf}, without what is large. */
export function taskLives(db: Database, runId: bigint): TaskLife[] {
  return db.rows<TaskLife>(
    'SELECT task_key, life, pending_at FROM task_runs WHERE parent = ? ORDER BY position, attempt',
    runId,
  );
}

/** The last attempt of each task. */
export function lastAttempts<T extends TaskLife>(tasks: readonly T[]): T[] {
  return [...new Map(tasks.map((task) => [task.task_key, task])).values()];
}

export function requestOf(task: TaskRecord): PlannedTask {
  return readPlannedTask(task.request);
}

export function artifactsOf(task: TaskRecord): readonly RunArtifact[] {
  return task.artifacts === null ? [] : JSON.parse(task.artifacts);
}

/** Changes columns of a task; names are those of {@link TaskRecord}. */
export function updateTask(db: Database, id: bigint, change: TaskChange): void {
  const entries = Object.entries(change);
  db.run(
    `UPDATE task_runs SET ${entries.map(([name]) => `${name} = ?`).join(', ')} WHERE run_id = ?`,
    ...entries.map(([, value]) => value),
    id,
  );
}

/** Lets a task wait for room; since when is kept when it does so already. */
export function queueTask(db: Database, id: bigint, now: Date): void {
  db.run(
    "UPDATE task_runs SET life = 'QUEUED', queued_at = coalesce(queued_at, ?) WHERE run_id = ?",
    now.getTime(),
    id,
  );
}

/** Changes what a task is going to do. */
export function updateTaskRequest(db: Database, id: bigint, task: PlannedTask): void {
  db.run('UPDATE task_runs SET request = ? WHERE run_id = ?', stringifyJson(task), id);
}

/** Ends a task unless it has ended already. */
export function endTask(db: Database, id: bigint, ending: Ending, now: Date): void {
  db.run(
    `UPDATE task_runs SET life = ?, result = ?, message = ?, code = ?, kind = ?, error = ?, error_trace = ?,
       ended_at = ?, pid = NULL WHERE run_id = ? AND ended_at IS NULL`,
    ending.life,
    ending.result,
    ending.message,
    ending.code,
    ending.type,
    ending.error ?? null,
    ending.errorTrace ?? null,
    now.getTime(),
    id,
  );
}

export function endingOfTask(task: TaskRecord): Ending | undefined {
  if (!isTerminal(task.life) || task.result === null) return undefined;
  return {
    life: task.life as Ending['life'],
    result: task.result,
    message: task.message ?? '',
    code: task.code ?? 'INTERNAL_ERROR',
    type: task.kind ?? 'INTERNAL_ERROR',
  };
}

/** Ends a run whose tasks have all ended. */
export function endRun(db: Database, runId: bigint, override: Ending | undefined, now: Date): Ending {
  const tasks = lastAttempts(tasksOf(db, runId));
  const followed = new Set(tasks.flatMap((task) => requestOf(task).dependsOn));
  const ended = tasks.flatMap((task) => {
    const ending = endingOfTask(task);
    const taskKey = task.task_key;
    return ending === undefined ? [] : [{ taskKey, ending, isFollowed: followed.has(taskKey) }];
  });
  const ending = endingOfRun(ended, override);
  db.run(
    `UPDATE runs SET life = ?, result = ?, message = ?, code = ?, kind = ?, ended = ?, held = NULL,
       deleted = (SELECT j.deleted FROM jobs j WHERE j.job_id = runs.job_id) WHERE run_id = ? AND ended IS NULL`,
    ending.life,
    ending.result,
    ending.message,
    ending.code,
    ending.type,
    now.getTime(),
    runId,
  );
  endRepair(db, runId, ending, now);
  return ending;
}

/** Takes an ended run up again, for a repair. */
export function reopenRun(db: Database, runId: bigint, overrides: string | null): void {
  db.run(
    `UPDATE runs SET life = NULL, result = NULL, message = NULL, code = NULL, kind = NULL, ended = NULL, intent = NULL,
       intent_by = NULL, overrides = ? WHERE run_id = ?`,
    overrides,
    runId,
  );
}

/** Runs that have not ended, oldest first. */
export function activeRuns(db: Database): RunRecord[] {
  return db.rows<RunRecord>('SELECT * FROM runs WHERE ended IS NULL ORDER BY run_id');
}

/** Runs of a job that have not ended, oldest first. */
export function activeRunsOf(db: Database, jobId: bigint): RunRecord[] {
  return db.rows<RunRecord>('SELECT * FROM runs WHERE job_id = ? AND ended IS NULL ORDER BY run_id', jobId);
}

/** Lets the run of a job that has waited longest begin; answers its id. */
export function releaseNext(db: Database, jobId: bigint): bigint | undefined {
  return db.row<{ run_id: bigint }>(
    `UPDATE runs SET held = NULL WHERE run_id =
       (SELECT min(run_id) FROM runs WHERE job_id = ? AND held IS NOT NULL AND ended IS NULL) RETURNING run_id`,
    jobId,
  )?.run_id;
}

/** Remembers that a run is to end, and on whose word; the first word counts. */
export function intendEnd(db: Database, runId: bigint, intent: RunIntent, by: string): void {
  db.run(
    'UPDATE runs SET intent = ?, intent_by = ? WHERE run_id = ? AND ended IS NULL AND intent IS NULL',
    intent,
    by,
    runId,
  );
}

/** The run of a hidden job; the last one of a saved job. */
export function runOfJob(db: Database, jobId: bigint): RunRecord | undefined {
  const sql = 'SELECT * FROM runs WHERE job_id = ? AND deleted IS NULL ORDER BY run_id DESC LIMIT 1';
  return db.row<RunRecord>(sql, jobId);
}

/** Takes a run out of sight and removes its files; its idempotency token stays taken. */
export function deleteRun(db: Database, folder: string, run: RunRecord, now: Date): void {
  const tasks = tasksOf(db, run.run_id);
  db.run('UPDATE runs SET deleted = ? WHERE run_id = ?', now.getTime(), run.run_id);
  for (const task of tasks) rmSync(driverFolder(folder, task.run_id).root, { recursive: true, force: true });
}
