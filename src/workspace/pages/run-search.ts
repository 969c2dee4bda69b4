import type { Identity } from '../identity/users.ts';
import { isViewableJob } from '../identity/viewable-jobs.ts';
import type { RunLabels } from '../jobs/run-labels.ts';
import type { RunRecord } from '../jobs/runs.ts';
import type { Database, SqlValue } from '../state/database.ts';

/** A run with the tags that lists show. */
export type LabelledRun = RunRecord & RunLabels;

/** States that the list of runs can be held to. */
export const STATE_FILTERS = ['going', 'succeeded', 'failed', 'cancelled'] as const;
type StateFilter = (typeof STATE_FILTERS)[number];

/** Ages that the list of runs can be held to, in hours. */
const AGE_FILTERS: Readonly<Record<string, number>> = { '1h': 1, '24h': 24, '7d': 168, '30d': 720 };

/** What the address of the list says. Every part may be absent. */
export interface RunFilter {
  /** In the name of the run, of its creator, or its id. */
  readonly text?: string;
  readonly team?: string;
  readonly dag?: string;
  readonly environment?: string;
  readonly state?: StateFilter;
  readonly age?: string;
  /** Runs of this job only. */
  readonly jobId?: bigint;
  /** Ended runs with a smaller id only: where an older page begins. */
  readonly before?: bigint;
}

/** One page of the list: what is going, then what has ended, each with the newest first. */
export interface RunPage {
  readonly runs: readonly LabelledRun[];
  /** Where the next older page begins, when there is one. */
  readonly older?: bigint;
}

type Clause = readonly [sql: string, ...values: SqlValue[]];

const RESULTS: Readonly<Record<Exclude<StateFilter, 'going'>, readonly string[]>> = {
  succeeded: ['SUCCESS', 'SUCCESS_WITH_FAILURES'],
  failed: ['FAILED', 'TIMEDOUT', 'SUCCESS_WITH_FAILURES'],
  cancelled: ['CANCELED', 'UPSTREAM_FAILED', 'UPSTREAM_CANCELED'],
};
const MAX_TEXT = 100;
const HOUR_MS = 3_600_000;

/** Reads the address of the list; what it does not know is left out. */
export function parseRunFilter(query: Readonly<Record<string, string>>): RunFilter {
  const text = (name: string): string | undefined => query[name]?.trim().slice(0, MAX_TEXT) || undefined;
  const state = STATE_FILTERS.find((known) => known === query.state);
  const age = Object.hasOwn(AGE_FILTERS, query.age ?? '') ? query.age : undefined;
  const before = /^\d{1,18}$/.test(query.before ?? '') ? BigInt(query.before ?? 0) : undefined;
  return Object.fromEntries(
    Object.entries({
      text: text('text'),
      team: text('team'),
      dag: text('dag'),
      environment: text('environment'),
      state,
      age,
      before,
    }).filter(([, value]) => value !== undefined),
  );
}

/** The runs that someone may see and asks for, at most `limit` of each kind. `now`: epoch milliseconds. */
export function searchRuns(
  db: Database,
  filter: RunFilter,
  who: Identity,
  now: number,
  limit: number,
): RunPage {
  const clauses = [...clausesOf(filter, now, db), isViewableJob(who, 'job_id')];
  const isFirst = filter.before === undefined;
  const going =
    isFirst && (filter.state === undefined || filter.state === 'going')
      ? find(db, '(ended IS NOT NULL) = 0', 'INDEXED BY runs_listed', clauses, limit)
      : [];
  if (filter.state === 'going') return { runs: going };
  const beside: Clause[] = filter.before === undefined ? [] : [['run_id < ?', filter.before]];
  const ended = find(db, 'ended IS NOT NULL', 'INDEXED BY runs_searched', [...beside, ...clauses], limit + 1);
  const last = ended[limit - 1];
  return {
    runs: [...going, ...ended.slice(0, limit)],
    ...(ended.length > limit && last !== undefined ? { older: last.run_id } : {}),
  };
}

// The ids come from an index alone: rows hold whole requests, and are read only for what is shown.
function find(
  db: Database,
  part: string,
  index: string,
  clauses: readonly Clause[],
  limit: number,
): LabelledRun[] {
  const where = ['deleted IS NULL', part, ...clauses.map(([sql]) => sql)].join(' AND ');
  return db.rows<LabelledRun>(
    `SELECT * FROM runs WHERE run_id IN (
       SELECT run_id FROM runs ${index} WHERE ${where} ORDER BY run_id DESC LIMIT ?
     ) ORDER BY run_id DESC`,
    ...clauses.flatMap(([, ...values]) => values),
    limit,
  );
}

function clausesOf(filter: RunFilter, now: number, db: Database): Clause[] {
  const clauses: Clause[] = [];
  if (filter.jobId !== undefined) clauses.push(['job_id = ?', filter.jobId]);
  if (filter.team !== undefined) clauses.push(['tag_team = ?', filter.team]);
  if (filter.dag !== undefined) clauses.push(['tag_dag = ?', filter.dag]);
  if (filter.environment !== undefined) clauses.push(['tag_environment = ?', filter.environment]);
  if (filter.state !== undefined && filter.state !== 'going')
    clauses.push(['result IN (SELECT value FROM json_each(?))', JSON.stringify(RESULTS[filter.state])]);
  if (filter.text !== undefined) clauses.push(textClause(filter.text));
  const hours = AGE_FILTERS[filter.age ?? ''];
  if (hours !== undefined) clauses.push(...ageClauses(db, now - hours * HOUR_MS));
  return clauses;
}

function textClause(text: string): Clause {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const id = /^\d{1,18}$/.test(text) ? BigInt(text) : -1n;
  return [
    `(name LIKE ? ESCAPE '\\' OR creator LIKE ? ESCAPE '\\' OR tag_dag_run LIKE ? ESCAPE '\\' OR run_id = ? OR job_id = ?)`,
    pattern,
    pattern,
    pattern,
    id,
    id,
  ];
}

/** Ids grow with time, so an age is also a smallest id, which ends the search early. */
function ageClauses(db: Database, since: number): Clause[] {
  const first = db.row<{ run_id: bigint }>(
    'SELECT run_id FROM runs WHERE submitted >= ? ORDER BY submitted, run_id LIMIT 1',
    since,
  );
  return [
    ['submitted >= ?', since],
    ['run_id >= ?', first?.run_id ?? 0n],
  ];
}
