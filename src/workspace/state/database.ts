import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { makeFolder } from '../../core/make-folder.ts';
import { ADDED_COLUMNS, ADDED_INDEXES, SCHEMA } from './schema.ts';

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

/** Opens (and creates) the database of a workspace folder. Other processes may have it open too. */
export function openDatabase(folder: string): Database {
  makeFolder(folder, 0o700);
  const db = new DatabaseSync(join(folder, 'workspace.db'), { timeout: 5_000 });
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384',
  );
  db.exec(SCHEMA);
  addColumns(db);
  db.exec(ADDED_INDEXES);
  return databaseOver(db);
}

function addColumns(db: DatabaseSync): void {
  for (const { table, column, type } of ADDED_COLUMNS) {
    const known = db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column);
    if (known === undefined) db.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
  }
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

/** Lets a named sequence go on at `least` at least. */
export function raiseCounter(db: Database, name: string, least: bigint): void {
  db.run(
    'INSERT INTO counters (name, next) VALUES (?, ?) ON CONFLICT DO UPDATE SET next = max(next, excluded.next)',
    name,
    least,
  );
}

/** A remembered fact such as the port; undefined when never written. */
export function readMeta(db: Database, key: string): string | undefined {
  return db.row<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value;
}

export function writeMeta(db: Database, key: string, value: string): void {
  db.run('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', key, value);
}
