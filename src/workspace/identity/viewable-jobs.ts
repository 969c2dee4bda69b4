import type { Database } from '../state/database.ts';
import type { Identity } from './users.ts';

/** With so few, their runs are found by the jobs; with more, by walking through all runs until the page is full. */
const FEW = 1_000;

/**
 * Whether a column holds the id of a job that someone may see, as a condition of SQL for searches through many runs:
 * the ids are gathered once. For the first few of a list, `mayViewJobs` is quicker.
 */
export function isViewableJob(who: Identity, column: string): readonly [sql: string, ...values: string[]] {
  if (who.isAdmin) return ['TRUE'];
  const ids = "SELECT CAST(object_id AS INTEGER) FROM permissions WHERE object_type = 'jobs'";
  const sql = `${column} IN (
    ${ids} AND kind = 'group_name' AND principal IN (SELECT value FROM json_each(?))
    UNION ${ids} AND kind <> 'group_name' AND principal = ?)`;
  return [sql, JSON.stringify(who.groups), who.userName];
}

/**
 * The jobs that someone may see, when they are few: to look through what belongs to 100,000 others for them would hold
 * up the server. Undefined when they are many, and for administrators.
 */
export function fewViewableJobs(db: Database, who: Identity): readonly bigint[] | undefined {
  if (who.isAdmin) return undefined;
  const rows = db.rows<{ id: bigint }>(
    `SELECT CAST(object_id AS INTEGER) AS id FROM permissions
       WHERE principal IN (SELECT value FROM json_each(?)) AND object_type = 'jobs' AND kind = 'group_name'
     UNION ALL SELECT CAST(object_id AS INTEGER) FROM permissions
       WHERE principal = ? AND object_type = 'jobs' AND kind <> 'group_name' LIMIT ?`,
    JSON.stringify(who.groups),
    who.userName,
    FEW + 1,
  );
  return rows.length > FEW ? undefined : rows.map(({ id }) => id);
}
