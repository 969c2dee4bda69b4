import type { Identity } from './users.ts';

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
