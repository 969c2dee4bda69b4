import type { JsonObject } from '../../core/json.ts';
import { mayViewJobs } from '../identity/permissions.ts';
import type { Identity } from '../identity/users.ts';
import type { Database, SqlValue } from '../state/database.ts';
import { invalidParameter } from '../wire/api-error.ts';
import type { Fields } from '../wire/fields.ts';
import type { JobsVersion } from './job-settings.ts';
import { renderListedJob } from './job-view.ts';
import type { JobRecord } from './saved-jobs.ts';

const DEFAULT_LIMIT = 20;
const MAXIMUM_LIMIT = 100;

interface Place {
  readonly direction: 'after' | 'before';
  readonly jobId: bigint;
}

/** The reply of jobs/list: the saved jobs that the caller may see, the newest first. 2.0 has no pages. */
export function listJobs(db: Database, parameters: Fields, who: Identity, version: JobsVersion): JsonObject {
  const limit = version === '2.0' && parameters.value.limit === undefined ? 10_000 : limitOf(parameters);
  const place = placeOf(parameters);
  const found = findJobs(db, parameters, who, place, limit + 1);
  const isBackwards = place?.direction === 'before';
  const page = isBackwards ? found.slice(0, limit).reverse() : found.slice(0, limit);
  const isMore = found.length > limit;
  const hasMore = page.length > 0 && (isBackwards || isMore);
  const hasLess = page.length > 0 && (isBackwards ? isMore : place !== undefined);
  const isExpanded = parameters.flag('expand_tasks') ?? false;
  return {
    ...(page.length === 0 ? {} : { jobs: page.map((job) => renderListedJob(job, version, isExpanded)) }),
    ...(hasMore ? { next_page_token: tokenOf('after', page.at(-1)) } : {}),
    ...(hasLess ? { prev_page_token: tokenOf('before', page[0]) } : {}),
    ...(version === '2.2' ? {} : { has_more: hasMore }),
  };
}

function findJobs(
  db: Database,
  parameters: Fields,
  who: Identity,
  place: Place | undefined,
  limit: number,
): JobRecord[] {
  const isBackwards = place?.direction === 'before';
  const name = parameters.text('name');
  const clauses: (readonly [sql: string, ...values: SqlValue[]])[] = [
    mayViewJobs(who, 'jobs.job_id'),
    ...(name ? [['lower(name) = lower(?)', name] as const] : []),
    ...(place === undefined ? [] : [[`job_id ${isBackwards ? '>' : '<'} ?`, place.jobId] as const]),
  ];
  const sql = `SELECT * FROM jobs WHERE deleted IS NULL AND ${clauses.map(([text]) => text).join(' AND ')}
    ORDER BY job_id ${isBackwards ? 'ASC' : 'DESC'} LIMIT ? OFFSET ?`;
  const offset = place === undefined ? parameters.count('offset', 0) : 0;
  return db.rows<JobRecord>(sql, ...clauses.flatMap(([, ...values]) => values), limit, offset);
}

function limitOf(parameters: Fields): number {
  const asked = parameters.count('limit', DEFAULT_LIMIT);
  if (asked > MAXIMUM_LIMIT) throw invalidParameter(`limit must be at most ${MAXIMUM_LIMIT} (is ${asked}).`);
  return asked === 0 ? DEFAULT_LIMIT : asked;
}

function placeOf(parameters: Fields): Place | undefined {
  const given = parameters.text('page_token');
  if (!given) return undefined;
  const text = Buffer.from(given, 'base64url').toString('utf8');
  const [, direction, id] = /^job:(after|before):(\d{1,18})$/.exec(text) ?? [];
  if (direction === undefined || id === undefined) throw invalidParameter(`Invalid page token: ${given}`);
  return { direction: direction === 'before' ? 'before' : 'after', jobId: BigInt(id) };
}

function tokenOf(direction: Place['direction'], job: JobRecord | undefined): string {
  return Buffer.from(`job:${direction}:${job?.job_id ?? 0n}`).toString('base64url');
}
