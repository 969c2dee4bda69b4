import type { JsonObject } from '../core/json.ts';
import { invalidParameter } from './api-error.ts';
import type { SqlValue } from './database.ts';
import type { Fields } from './fields.ts';
import { isAllowed } from './permissions.ts';
import { renderRun, type ViewContext } from './run-view.ts';
import type { RunRecord } from './runs.ts';
import type { Identity } from './users.ts';

const DEFAULT_LIMIT = 20;
const MAXIMUM_LIMIT = 25;

/** The reply of runs/list: what the caller may see, unfinished runs first, then by end time, newest first. */
export function listRuns(
  context: ViewContext,
  parameters: Fields,
  who: Identity,
  version: '2.1' | '2.2',
): JsonObject {
  const isActive = parameters.flag('active_only') ?? false;
  const isCompleted = parameters.flag('completed_only') ?? false;
  if (isActive && isCompleted)
    throw invalidParameter('Only one of active_only and completed_only can be true.');
  const asked = parameters.count('limit', DEFAULT_LIMIT);
  if (asked > MAXIMUM_LIMIT) throw invalidParameter(`limit must be at most ${MAXIMUM_LIMIT} (is ${asked}).`);
  const limit = asked === 0 ? MAXIMUM_LIMIT : asked;
  const offset = offsetOf(parameters);
  const runs = visibleRuns(context, parameters, who, isActive, isCompleted);
  const page = runs.slice(offset, offset + limit);
  const hasMore = runs.length > offset + limit;
  const isExpanded = parameters.flag('expand_tasks') ?? false;
  return {
    ...(page.length === 0 ? {} : { runs: page.map((run) => listed(context, run, isExpanded)) }),
    ...(hasMore ? { next_page_token: token(offset + limit) } : {}),
    ...(offset > 0 ? { prev_page_token: token(Math.max(0, offset - limit)) } : {}),
    ...(version === '2.1' ? { has_more: hasMore } : {}),
  };
}

/** Runs that someone may see, unfinished first, then newest end first. */
export function visibleRuns(
  { db }: Pick<ViewContext, 'db'>,
  filter: Pick<Fields, 'integer'>,
  who: Identity,
  isActive: boolean,
  isCompleted: boolean,
): RunRecord[] {
  const clauses: [string, SqlValue][] = [];
  const jobId = filter.integer('job_id');
  const from = filter.integer('start_time_from');
  const to = filter.integer('start_time_to');
  if (jobId !== undefined) clauses.push(['job_id = ?', jobId]);
  if (from !== undefined) clauses.push(['submitted >= ?', Number(from)]);
  if (to !== undefined) clauses.push(['submitted <= ?', Number(to)]);
  const where = [
    'deleted IS NULL',
    ...(isActive ? ['ended IS NULL'] : []),
    ...(isCompleted ? ['ended IS NOT NULL'] : []),
    ...clauses.map(([sql]) => sql),
  ].join(' AND ');
  return db
    .rows<RunRecord>(
      `SELECT * FROM runs WHERE ${where} ORDER BY ended IS NOT NULL, coalesce(ended, submitted) DESC, run_id DESC`,
      ...clauses.map(([, value]) => value),
    )
    .filter((run) => isAllowed(db, who, 'jobs', String(run.job_id), 'CAN_VIEW'));
}

function listed(context: ViewContext, run: RunRecord, isExpanded: boolean): JsonObject {
  const { tasks, ...rest } = renderRun(context, run);
  return isExpanded ? { ...rest, tasks: tasks ?? [] } : rest;
}

function offsetOf(parameters: Fields): number {
  const given = parameters.text('page_token');
  if (given === undefined || given === '') return parameters.count('offset', 0);
  const offset = Number(
    Buffer.from(given, 'base64url')
      .toString('utf8')
      .replace(/^offset:/, ''),
  );
  if (!Number.isSafeInteger(offset) || offset < 0) throw invalidParameter(`Invalid page token: ${given}`);
  return offset;
}

function token(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64url');
}
