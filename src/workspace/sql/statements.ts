import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../identity/users.ts';
import type { Database } from '../state/database.ts';
import { ApiError } from '../wire/api-error.ts';
import type { WorkerAnswer, WorkerManifest } from './sql-worker.ts';
import type { ResultFormat } from './statement-request.ts';

type StatementState = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'CLOSED';

export interface StatementRecord {
  readonly statement_id: string;
  readonly creator: string;
  readonly submitted: number;
  readonly ended: number | null;
  readonly state: StatementState;
  readonly format: ResultFormat;
  readonly error_code: string | null;
  readonly error_message: string | null;
  /** JSON: a {@link WorkerManifest}. */
  readonly manifest: string | null;
}

/** So long a result can be fetched, as on Databricks. */
const KEPT_MS = 60 * 60_000;

/** Stores a statement in state PENDING and answers its id. */
export function insertStatement(db: Database, who: Identity, format: ResultFormat, now: Date): string {
  const id = randomUUID();
  db.run(
    `INSERT INTO sql_statements (statement_id, creator, submitted, state, format) VALUES (?, ?, ?, 'PENDING', ?)`,
    id,
    who.userName,
    now.getTime(),
    format,
  );
  return id;
}

export function statementById(db: Database, id: string): StatementRecord | undefined {
  return db.row<StatementRecord>('SELECT * FROM sql_statements WHERE statement_id = ?', id);
}

/** A statement of someone, or of anyone when he is an admin. @throws ApiError for any other, as if there were none */
export function findStatement(db: Database, id: string, who: Identity): StatementRecord {
  const found = statementById(db, id);
  if (found !== undefined && (who.isAdmin || found.creator === who.userName)) return found;
  throw new ApiError('RESOURCE_DOES_NOT_EXIST', `The statement ${id} was not found.`);
}

export function statementRuns(db: Database, id: string): void {
  db.run(`UPDATE sql_statements SET state = 'RUNNING' WHERE statement_id = ? AND state = 'PENDING'`, id);
}

/** Stores how a statement ended; one that has ended keeps its ending. */
export function endStatement(db: Database, id: string, answer: WorkerAnswer | 'CANCELED', now: Date): void {
  const ending = answer === 'CANCELED' ? { state: answer } : answer;
  db.run(
    `UPDATE sql_statements SET state = ?, ended = ?, error_code = ?, error_message = ?, manifest = ?
     WHERE statement_id = ? AND ended IS NULL`,
    ending.state,
    now.getTime(),
    'code' in ending ? ending.code : null,
    'message' in ending ? ending.message : null,
    'manifest' in ending ? JSON.stringify(ending.manifest) : null,
    id,
  );
}

/** Ends what an earlier server left: nothing of it is going any more. */
export function settleStatements(db: Database, now: Date): void {
  db.run(
    `UPDATE sql_statements SET state = 'FAILED', ended = ?, error_code = 'ABORTED',
     error_message = 'The workspace went down while the statement was running. Run it again.' WHERE ended IS NULL`,
    now.getTime(),
  );
}

/** Forgets results that are older than an hour. */
export function closeOldStatements(db: Database, folder: string, now: Date): void {
  const old = db.rows<StatementRecord>(
    `SELECT * FROM sql_statements WHERE ended < ? AND state = 'SUCCEEDED'`,
    now.getTime() - KEPT_MS,
  );
  for (const { statement_id: id } of old) closeStatement(db, folder, id);
}

/** Forgets the result of a statement that has ended; one that failed or was cancelled stays that. */
export function closeStatement(db: Database, folder: string, id: string): void {
  rmSync(resultFolder(folder, id), { recursive: true, force: true });
  db.run(
    `UPDATE sql_statements SET state = 'CLOSED', manifest = NULL WHERE statement_id = ? AND state = 'SUCCEEDED'`,
    id,
  );
}

/** Where the rows of a statement lie, below the workspace's folder. */
export function resultFolder(folder: string, id: string): string {
  return join(folder, 'sql', id);
}

export function manifestOf(statement: StatementRecord): WorkerManifest | undefined {
  return statement.manifest === null ? undefined : JSON.parse(statement.manifest);
}

/** The bytes of a chunk of a result. */
export function readChunk(folder: string, statement: StatementRecord, index: number): Buffer {
  return readFileSync(join(resultFolder(folder, statement.statement_id), String(index)));
}
