import { CLUSTER_TABLES } from './tables/cluster-tables.ts';
import { FILE_TABLES } from './tables/file-tables.ts';
import { IDENTITY_TABLES } from './tables/identity-tables.ts';
import { ADDED_RUN_COLUMNS, JOB_TABLES } from './tables/job-tables.ts';
import { POLICY_TABLES } from './tables/policy-tables.ts';
import { RUN_TABLES } from './tables/run-tables.ts';
import { SECRET_TABLES } from './tables/secret-tables.ts';
import { SQL_TABLES } from './tables/sql-tables.ts';

const OWN_TABLES = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT;
`;

/** Every table and index, each with IF NOT EXISTS. */
export const SCHEMA: string = [
  OWN_TABLES,
  IDENTITY_TABLES,
  POLICY_TABLES,
  RUN_TABLES,
  CLUSTER_TABLES,
  FILE_TABLES,
  SECRET_TABLES,
  JOB_TABLES,
  SQL_TABLES,
].join('');

/** Columns that tables got after they were first made: added to a database that lacks them. */
export const ADDED_COLUMNS: readonly {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}[] = [
  ...['team', 'dag', 'dag_run', 'task', 'environment', 'version'].map((tag) => ({
    table: 'runs',
    column: `tag_${tag}`,
    type: 'TEXT',
  })),
  ...ADDED_RUN_COLUMNS,
  { table: 'secrets', column: 'comment', type: 'TEXT' },
];

/** Indexes over added columns, made after these. */
export const ADDED_INDEXES = `
CREATE INDEX IF NOT EXISTS runs_searched ON runs (run_id, result, job_id, name, creator, submitted, tag_team, tag_dag,
  tag_dag_run, tag_task, tag_environment) WHERE deleted IS NULL AND ended IS NOT NULL;
CREATE INDEX IF NOT EXISTS runs_by_dag_run ON runs (tag_dag, tag_dag_run, tag_environment, job_id)
  WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS runs_by_team ON runs (tag_team);
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (submitted);
`;
