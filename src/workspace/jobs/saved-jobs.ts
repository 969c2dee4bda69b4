import { type JsonObject, parseJson, stringifyJson } from '../../core/json.ts';
import { type Grant, grantsOf, replaceGrants, withOwner } from '../identity/permissions.ts';
import { type Database, nextId } from '../state/database.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { nextStart, parseJobTrigger } from './job-trigger.ts';

/** A job that was saved, to be run many times. Times are epoch milliseconds. */
export interface JobRecord {
  readonly job_id: bigint;
  readonly name: string;
  readonly creator: string;
  /** Whose rights its runs have. */
  readonly run_as: string;
  /** JSON: as `planSettings` answers them. */
  readonly settings: string;
  readonly created: number;
  /** When it starts by itself the next time. */
  readonly due: number | null;
}

/** Stores a job; whoever makes it owns it unless the access list names another owner. */
export function insertJob(
  db: Database,
  job: { readonly creator: string; readonly runAs: string; readonly settings: JsonObject },
  grants: readonly Grant[],
  now: Date,
): bigint {
  return db.transaction(() => {
    const id = nextId(db, 'job', 1n);
    db.run(
      'INSERT INTO jobs (job_id, name, creator, run_as, settings, created, due) VALUES (?, ?, ?, ?, ?, ?, ?)',
      id,
      String(job.settings.name),
      job.creator,
      job.runAs,
      stringifyJson(job.settings),
      now.getTime(),
      dueAfter(job.settings, now),
    );
    replaceGrants(db, 'jobs', String(id), withOwner(grants, job.creator));
    return id;
  });
}

/** Gives a job other settings; runs that are going keep theirs. */
export function updateJob(db: Database, id: bigint, settings: JsonObject, runAs: string, now: Date): void {
  db.run(
    'UPDATE jobs SET name = ?, settings = ?, run_as = ?, due = ? WHERE job_id = ?',
    String(settings.name),
    stringifyJson(settings),
    runAs,
    dueAfter(settings, now),
    id,
  );
}

/** Gives the runs of a job that had the rights of its owner `before` those of its owner as it is. */
export function followOwner(db: Database, id: bigint, before: string): void {
  const owner = ownerOf(db, id);
  if (owner === undefined || owner === before) return;
  db.run('UPDATE jobs SET run_as = ? WHERE job_id = ? AND run_as = ?', owner, id, before);
}

/** Who owns a job. */
export function ownerOf(db: Database, id: bigint): string | undefined {
  return grantsOf(db, 'jobs', String(id)).find((grant) => grant.level === 'IS_OWNER')?.principal;
}

/** Takes a job out of sight with those of its runs that have ended; the others follow when they end. */
export function deleteJob(db: Database, id: bigint, now: Date): void {
  db.transaction(() => {
    db.run('UPDATE jobs SET deleted = ?, due = NULL WHERE job_id = ?', now.getTime(), id);
    db.run('UPDATE runs SET deleted = ? WHERE job_id = ? AND ended IS NOT NULL', now.getTime(), id);
  });
}

export function findJob(db: Database, id: bigint): JobRecord | undefined {
  return db.row<JobRecord>('SELECT * FROM jobs WHERE job_id = ? AND deleted IS NULL', id);
}

/** Whether a job was saved, also when it has been deleted: the job of a submitted run never is. */
export function wasSaved(db: Database, id: bigint): boolean {
  return db.row('SELECT 1 FROM jobs WHERE job_id = ?', id) !== undefined;
}

/** @throws ApiError when there is no such saved job */
export function savedJob(db: Database, id: bigint): JobRecord {
  const job = findJob(db, id);
  if (job === undefined) throw invalidParameter(`Job ${id} does not exist.`);
  return job;
}

export function settingsOf(job: JobRecord): JsonObject {
  return parseJson(job.settings) as JsonObject;
}

/** Jobs whose time to start has come, the longest due first. */
export function dueJobs(db: Database, now: Date): JobRecord[] {
  const sql = 'SELECT * FROM jobs WHERE deleted IS NULL AND due <= ? ORDER BY due';
  return db.rows<JobRecord>(sql, now.getTime());
}

/** When the next job starts by itself, in epoch milliseconds; undefined when none does. */
export function nextDue(db: Database): number | undefined {
  const sql = 'SELECT min(due) AS due FROM jobs WHERE deleted IS NULL AND due IS NOT NULL';
  return db.row<{ due: number | null }>(sql)?.due ?? undefined;
}

/** Sets the next start of a job after a time, so that one that was missed is not made up for. */
export function scheduleNext(db: Database, job: JobRecord, now: Date): void {
  db.run('UPDATE jobs SET due = ? WHERE job_id = ?', dueAfter(settingsOf(job), now), job.job_id);
}

function dueAfter(settings: JsonObject, now: Date): number | null {
  const trigger = parseJobTrigger(fieldsOf(settings));
  return trigger === undefined ? null : (nextStart(trigger, now) ?? null);
}
