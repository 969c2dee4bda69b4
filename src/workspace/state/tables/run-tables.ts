/** Runs and the attempts of their tasks. */
export const RUN_TABLES = `
CREATE TABLE IF NOT EXISTS runs (
  run_id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL, name TEXT NOT NULL, creator TEXT NOT NULL, token TEXT UNIQUE,
  request TEXT NOT NULL, timeout_seconds REAL NOT NULL, submitted REAL NOT NULL, ended REAL, life TEXT, result TEXT, message TEXT, code TEXT,
  kind TEXT, intent TEXT, intent_by TEXT, deleted REAL
) STRICT;
CREATE INDEX IF NOT EXISTS runs_by_job ON runs (job_id);
CREATE INDEX IF NOT EXISTS runs_listed ON runs ((ended IS NOT NULL), coalesce(ended, submitted), run_id)
  WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS runs_unfinished ON runs (run_id) WHERE ended IS NULL;
CREATE TABLE IF NOT EXISTS task_runs (
  run_id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, task_key TEXT NOT NULL, attempt REAL NOT NULL,
  position REAL NOT NULL, request TEXT NOT NULL, life TEXT NOT NULL, result TEXT, message TEXT, code TEXT, kind TEXT,
  cluster_id TEXT, pid REAL, process TEXT, pending_at REAL, libraries_at REAL, running_at REAL, ending_at REAL,
  ended_at REAL, error TEXT, error_trace TEXT, artifacts TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS task_runs_by_parent ON task_runs (parent);
`;
