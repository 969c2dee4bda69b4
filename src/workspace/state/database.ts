import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { makeFolder } from '../../core/make-folder.ts';

export type SqlValue = SQLInputValue;

/**
 * The workspace's state. Ids are INTEGER columns and come as bigint (they are int64);
 * times, counters and flags are REAL columns and come as number.
 */
export interface Database {
  row<T>(sql: string, ...values: SqlValue[]): T | undefined;
  rows<T>(sql: string, ...values: SqlValue[]): T[];
  /** Answers the number of rows that changed. */
  run(sql: string, ...values: SqlValue[]): number;
  /** All or nothing; nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, created REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS service_principals (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS instance_profiles (arn TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS memberships (user TEXT NOT NULL, team TEXT NOT NULL, PRIMARY KEY (user, team)) STRICT;
CREATE TABLE IF NOT EXISTS secrets (
  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, user TEXT NOT NULL, created REAL NOT NULL, expires REAL
) STRICT;
CREATE TABLE IF NOT EXISTS policies (
  policy_id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL, creator TEXT NOT NULL, created REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS permissions (
  object_type TEXT NOT NULL, object_id TEXT NOT NULL, kind TEXT NOT NULL, principal TEXT NOT NULL, level TEXT NOT NULL,
  PRIMARY KEY (object_type, object_id, kind, principal)
) STRICT;
CREATE TABLE IF NOT EXISTS runs (
  run_id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL, name TEXT NOT NULL, creator TEXT NOT NULL, token TEXT UNIQUE,
  request TEXT NOT NULL, timeout_seconds REAL NOT NULL, submitted REAL NOT NULL, ended REAL, life TEXT, result TEXT, message TEXT, code TEXT,
  kind TEXT, intent TEXT, intent_by TEXT, deleted REAL
) STRICT;
CREATE INDEX IF NOT EXISTS runs_by_job ON runs (job_id);
CREATE INDEX IF NOT EXISTS runs_listed ON runs ((ended IS NOT NULL), coalesce(ended, submitted), run_id)
  WHERE deleted IS NULL;
CREATE TABLE IF NOT EXISTS task_runs (
  run_id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, task_key TEXT NOT NULL, attempt REAL NOT NULL,
  position REAL NOT NULL, request TEXT NOT NULL, life TEXT NOT NULL, result TEXT, message TEXT, code TEXT, kind TEXT,
  cluster_id TEXT, pid REAL, process TEXT, pending_at REAL, libraries_at REAL, running_at REAL, ending_at REAL,
  ended_at REAL, error TEXT, error_trace TEXT, artifacts TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS task_runs_by_parent ON task_runs (parent);
CREATE TABLE IF NOT EXISTS clusters (
  cluster_id TEXT PRIMARY KEY, task_run INTEGER NOT NULL, creator TEXT NOT NULL, request TEXT NOT NULL,
  effective TEXT NOT NULL, sources TEXT NOT NULL, context_id TEXT, state TEXT NOT NULL, created REAL NOT NULL,
  ended REAL, reason TEXT
) STRICT;
`;

/** Opens (and creates) the database of a workspace folder. Other processes may have it open too. */
export function openDatabase(folder: string): Database {
  makeFolder(folder, 0o700);
  const db = new DatabaseSync(join(folder, 'workspace.db'), { timeout: 5_000 });
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON');
  db.exec(SCHEMA);
  return databaseOver(db);
}

function databaseOver(db: DatabaseSync): Database {
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = db.prepare(sql);
    fresh.setReadBigInts(true);
    prepared.set(sql, fresh);
    return fresh;
  };
  return {
    row: <T>(sql: string, ...values: SqlValue[]) => statement(sql).get(...values) as T | undefined,
    rows: <T>(sql: string, ...values: SqlValue[]) => statement(sql).all(...values) as T[],
    run: (sql, ...values) => Number(statement(sql).run(...values).changes),
    transaction: (work) => (db.isTransaction ? work() : inTransaction(db, work)),
    close: () => db.close(),
  };
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const answer = work();
    db.exec('COMMIT');
    return answer;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

/** Takes the next number of a named sequence, which begins at `first`. */
export function nextId(db: Database, name: string, first: bigint): bigint {
  db.run('INSERT OR IGNORE INTO counters (name, next) VALUES (?, ?)', name, first);
  const taken = db.row<{ next: bigint }>(
    'UPDATE counters SET next = next + 1 WHERE name = ? RETURNING next',
    name,
  );
  return (taken?.next ?? first + 1n) - 1n;
}

/** A remembered fact such as the port; undefined when never written. */
export function readMeta(db: Database, key: string): string | undefined {
  return db.row<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value;
}

export function writeMeta(db: Database, key: string, value: string): void {
  db.run('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', key, value);
}
