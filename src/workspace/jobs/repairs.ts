import { type Database, nextId } from '../state/database.ts';
import type { Ending, Outcome } from './run-state.ts';

/** One entry of the history of a run that was repaired: the run as it first was, or a repair. */
export interface RepairRecord extends Outcome {
  readonly repair_id: bigint;
  readonly run_id: bigint;
  /** 1 for the run as it first was. */
  readonly is_original: number;
  readonly started: number;
}

/** The history of a run, oldest first; empty when it was never repaired. */
export function repairsOf(db: Database, runId: bigint): RepairRecord[] {
  return db.rows<RepairRecord>('SELECT * FROM repairs WHERE run_id = ? ORDER BY repair_id', runId);
}

/** The repairs of a run, without the run as it first was. */
export function repairIds(db: Database, runId: bigint): bigint[] {
  const repairs = repairsOf(db, runId).filter((repair) => repair.is_original === 0);
  return repairs.map((repair) => repair.repair_id);
}

/** Keeps how a run first ended, before its first repair. */
export function keepOriginal(
  db: Database,
  run: Outcome & { readonly run_id: bigint; readonly submitted: number },
  firstId: bigint,
): void {
  if (repairsOf(db, run.run_id).length > 0) return;
  const id = insertEntry(db, run.run_id, true, run.submitted, firstId);
  endEntry(db, id, run);
}

/** Begins a repair and answers its id. */
export function beginRepair(db: Database, runId: bigint, now: Date, firstId: bigint): bigint {
  return insertEntry(db, runId, false, now.getTime(), firstId);
}

/** Stores the outcome of the repair that is going on, if one is. */
export function endRepair(db: Database, runId: bigint, ending: Ending, now: Date): void {
  const open = repairsOf(db, runId).find((repair) => repair.ended === null);
  if (open !== undefined)
    endEntry(db, open.repair_id, { ...ending, kind: ending.type, ended: now.getTime() });
}

function endEntry(db: Database, id: bigint, outcome: Outcome): void {
  db.run(
    'UPDATE repairs SET ended = ?, life = ?, result = ?, message = ?, code = ?, kind = ? WHERE repair_id = ?',
    outcome.ended,
    outcome.life,
    outcome.result,
    outcome.message,
    outcome.code,
    outcome.kind,
    id,
  );
}

function insertEntry(
  db: Database,
  runId: bigint,
  isOriginal: boolean,
  started: number,
  firstId: bigint,
): bigint {
  const id = nextId(db, 'run', firstId);
  db.run(
    'INSERT INTO repairs (repair_id, run_id, is_original, started) VALUES (?, ?, ?, ?)',
    id,
    runId,
    isOriginal ? 1 : 0,
    started,
  );
  return id;
}
