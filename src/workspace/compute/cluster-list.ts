import type { JsonObject } from '../../core/json.ts';
import { mayViewJobs } from '../identity/permissions.ts';
import type { Identity } from '../identity/users.ts';
import { fewViewableJobs } from '../identity/viewable-jobs.ts';
import type { Database, SqlValue } from '../state/database.ts';
import { invalidParameter } from '../wire/api-error.ts';
import type { Fields } from '../wire/fields.ts';
import { type ClusterRecord, renderCluster } from './clusters.ts';

/** Ended clusters are listed for 30 days, as on Databricks. */
const SHOWN_MS = 30 * 24 * 3_600_000;
const DEFAULT_PAGE = 100;

type ListedCluster = ClusterRecord & {
  readonly place: bigint;
  readonly job_id: bigint;
  readonly run_name: string;
};

/** The reply of clusters/list: job clusters whose jobs the caller may see, the newest first. */
export function listClusters(db: Database, parameters: Fields, who: Identity, now: Date): JsonObject {
  const limit = Math.min(parameters.count('page_size', DEFAULT_PAGE, 1), DEFAULT_PAGE);
  const clauses = [mayView(db, who), since(now), ...filtersOf(parameters), before(parameters)];
  const rows = db.rows<ListedCluster>(
    `SELECT c.*, c.rowid AS place, r.job_id, r.name AS run_name
     FROM clusters c JOIN task_runs t ON t.run_id = c.task_run JOIN runs r ON r.run_id = t.parent
     WHERE r.deleted IS NULL AND ${clauses.map(([sql]) => sql).join(' AND ')} ORDER BY c.rowid DESC LIMIT ?`,
    ...clauses.flatMap(([, ...values]) => values),
    limit + 1,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    ...(page.length === 0
      ? {}
      : { clusters: page.map((row) => renderCluster(row, row.job_id, row.run_name)) }),
    ...(rows.length > limit && last !== undefined ? { next_page_token: String(last.place) } : {}),
  };
}

type Clause = readonly [sql: string, ...values: SqlValue[]];

function mayView(db: Database, who: Identity): Clause {
  const few = fewViewableJobs(db, who);
  if (few === undefined) return mayViewJobs(who, 'r.job_id');
  const sql = `c.cluster_id IN (SELECT own.cluster_id FROM runs seen JOIN task_runs own ON own.parent = seen.run_id
    WHERE seen.job_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?)))`;
  return [sql, JSON.stringify(few.map(String))];
}

function since(now: Date): Clause {
  return ['(c.ended IS NULL OR c.ended > ?)', now.getTime() - SHOWN_MS];
}

function before(parameters: Fields): Clause {
  const token = parameters.text('page_token') || undefined;
  if (token === undefined) return ['TRUE'];
  if (!/^\d{1,18}$/.test(token)) throw invalidParameter('The page token is not one of this list.');
  return ['c.rowid < ?', BigInt(token)];
}

/** `filter_by.…` of the query; a client may repeat what is a list. */
function filtersOf(parameters: Fields): Clause[] {
  const list = (name: string): string[] | undefined => {
    const found = parameters.text(`filter_by.${name}`);
    return found === undefined ? undefined : found.split(',').map((text) => text.trim());
  };
  const states = list('cluster_states');
  const sources = list('cluster_sources');
  const policy = parameters.text('filter_by.policy_id');
  const isPinned = parameters.flag('filter_by.is_pinned') ?? false;
  return [
    ...(states === undefined
      ? []
      : [['c.state IN (SELECT value FROM json_each(?))', JSON.stringify(states)] as const]),
    // Every cluster here is a job's, and none is pinned.
    ...((sources !== undefined && !sources.includes('JOB')) || isPinned ? [['FALSE'] as const] : []),
    ...(policy === undefined ? [] : [["json_extract(c.effective, '$.policy_id') = ?", policy] as const]),
  ];
}
