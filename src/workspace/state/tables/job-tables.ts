/** Saved jobs, and the repairs of runs. */
export const JOB_TABLES = `
CREATE TABLE IF NOT EXISTS jobs (
  job_id INTEGER PRIMARY KEY, name TEXT NOT NULL, creator TEXT NOT NULL, run_as TEXT NOT NULL, settings TEXT NOT NULL,
  created REAL NOT NULL, due REAL, deleted REAL
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due) WHERE deleted IS NULL AND due IS NOT NULL;
CREATE TABLE IF NOT EXISTS repairs (
  repair_id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, is_original REAL NOT NULL, started REAL NOT NULL, ended REAL,
  life TEXT, result TEXT, message TEXT, code TEXT, kind TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS repairs_by_run ON repairs (run_id);
`;

/** Columns of runs that belong to saved jobs, and of attempts that a repair made. */
export const ADDED_RUN_COLUMNS: readonly {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}[] = [
  { table: 'runs', column: 'run_as', type: 'TEXT' },
  { table: 'runs', column: 'trigger_kind', type: 'TEXT' },
  { table: 'runs', column: 'overrides', type: 'TEXT' },
  { table: 'runs', column: 'held', type: 'REAL' },
  { table: 'task_runs', column: 'repair', type: 'INTEGER' },
  { table: 'task_runs', column: 'queued_at', type: 'REAL' },
];
