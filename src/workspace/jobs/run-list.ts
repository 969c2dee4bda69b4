import type { JsonObject } from '../../core/json.ts';
import { mayViewJobs } from '../identity/permissions.ts';
import type { Identity } from '../identity/users.ts';
import { fewViewableJobs } from '../identity/viewable-jobs.ts';
import type { Database, SqlValue } from '../state/database.ts';
import { invalidParameter } from '../wire/api-error.ts';
import type { Fields } from '../wire/fields.ts';
import type { JobsVersion } from './job-settings.ts';
import { legacyRun } from './legacy-run.ts';
import { pageArrays } from './paged-arrays.ts';
import { LONG_LISTS_OF_RUN, renderListedRun, renderRun, type ViewContext } from './run-view.ts';
import type { RunRecord } from './runs.ts';

const DEFAULT_LIMIT = 20;
const MAXIMUM_LIMIT = 25;

/** The reply of runs/list: what the caller may see, unfinished runs first, then by end time, newest first. */
export function listRuns(
  context: ViewContext,
  parameters: Fields,
  who: Identity,
  version: JobsVersion,
): JsonObject {
  const limit = limitOf(parameters);
  const place = placeOf(parameters);
  const found = findRuns(context.db, {
    parts: partsOf(parameters),
    who,
    place,
    limit: limit + 1,
    filters: filtersOf(parameters),
  });
  const isBackwards = place.direction === 'before';
  const page = isBackwards ? found.slice(-limit) : found.slice(0, limit);
  const more = found.length > limit;
  const hasMore = page.length > 0 && (isBackwards || more);
  const hasLess = page.length > 0 && (isBackwards ? more : place.key !== undefined || place.offset > 0);
  const render = rendererOf(version, parameters.flag('expand_tasks') ?? false);
  return {
    ...(page.length === 0 ? {} : { runs: page.map((run) => render(context, run)) }),
    ...(hasMore ? { next_page_token: token('after', page.at(-1)) } : {}),
    ...(hasLess ? { prev_page_token: token('before', page[0]) } : {}),
    ...(version === '2.2' ? {} : { has_more: hasMore }),
  };
}

type Renderer = (context: ViewContext, run: RunRecord) => JsonObject;

function rendererOf(version: JobsVersion, isExpanded: boolean): Renderer {
  if (version === '2.0') return renderLegacy;
  const render = isExpanded ? renderExpanded : renderListedRun;
  if (version === '2.2') return render;
  return (context, run) => ({ ...render(context, run), format: 'MULTI_TASK' });
}

function renderLegacy(context: ViewContext, run: RunRecord): JsonObject {
  return legacyRun(renderRun(context, run));
}

function renderExpanded(context: ViewContext, run: RunRecord): JsonObject {
  const { reply, next } = pageArrays(renderRun(context, run), LONG_LISTS_OF_RUN, undefined);
  return { ...reply, ...(next === undefined ? {} : { has_more: true }) };
}

/** The runs that someone may see: unfinished ones first, then the newest end first. */
export function recentRuns(db: Database, who: Identity, limit: number): RunRecord[] {
  const place = { direction: 'after', offset: 0 } as const;
  return findRuns(db, { parts: [UNFINISHED, ENDED], who, place, limit, filters: [] });
}

/** The two parts of the list; each is in the order of its own time. */
const UNFINISHED = 0n;
const ENDED = 1n;

type Clause = readonly [sql: string, ...values: SqlValue[]];

/** Where in the list a page begins or ends: beside a run, so that it stays there while others start and end. */
interface Place {
  readonly direction: 'after' | 'before';
  readonly key?: { readonly part: bigint; readonly time: number; readonly runId: bigint };
  readonly offset: number;
}

interface Search {
  readonly parts: readonly bigint[];
  readonly who: Identity;
  readonly place: Place;
  readonly limit: number;
  readonly filters: readonly Clause[];
}

function findRuns(db: Database, { parts, who, place, limit, filters }: Search): RunRecord[] {
  const { direction, key, offset } = place;
  const isForwards = direction === 'after';
  const found: RunRecord[] = [];
  const may = mayViewRuns(db, who);
  for (const part of isForwards ? parts : parts.toReversed()) {
    if (key !== undefined && (isForwards ? part < key.part : part > key.part)) continue;
    const wanted = limit + offset - found.length;
    if (wanted <= 0) break;
    const beside: Clause[] =
      key?.part === part ? [[`(${TIME}, run_id) ${isForwards ? '<' : '>'} (?, ?)`, key.time, key.runId]] : [];
    const clauses: Clause[] = [[`${PART} = ?`, part], ...beside, ...filters, may.clause];
    const order = isForwards ? 'DESC' : 'ASC';
    const sql = `SELECT * FROM runs ${may.index} WHERE deleted IS NULL AND ${clauses.map(([text]) => text).join(' AND ')}
      ORDER BY ${TIME} ${order}, run_id ${order} LIMIT ?`;
    found.push(...db.rows<RunRecord>(sql, ...clauses.flatMap(([, ...values]) => values), wanted));
  }
  const page = found.slice(offset);
  return isForwards ? page : page.reverse();
}

function mayViewRuns(db: Database, who: Identity): { readonly clause: Clause; readonly index: string } {
  const few = fewViewableJobs(db, who);
  if (few === undefined) return { clause: mayViewJobs(who, 'runs.job_id'), index: '' };
  const ids = JSON.stringify(few.map(String));
  const clause: Clause = ['job_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))', ids];
  return { clause, index: 'INDEXED BY runs_by_job' };
}

// The expressions of the index runs_listed.
const PART = '(ended IS NOT NULL)';
const TIME = 'coalesce(ended, submitted)';

function partsOf(parameters: Fields): readonly bigint[] {
  const isActive = parameters.flag('active_only') ?? false;
  const isCompleted = parameters.flag('completed_only') ?? false;
  if (isActive && isCompleted)
    throw invalidParameter('Only one of active_only and completed_only can be true.');
  return [...(isCompleted ? [] : [UNFINISHED]), ...(isActive ? [] : [ENDED])];
}

function limitOf(parameters: Fields): number {
  const asked = parameters.count('limit', DEFAULT_LIMIT);
  if (asked > MAXIMUM_LIMIT) throw invalidParameter(`limit must be at most ${MAXIMUM_LIMIT} (is ${asked}).`);
  return asked === 0 ? MAXIMUM_LIMIT : asked;
}

const RUN_TYPES = ['JOB_RUN', 'SUBMIT_RUN', 'WORKFLOW_RUN'];

function filtersOf(parameters: Fields): Clause[] {
  const jobId = parameters.integer('job_id');
  const from = parameters.integer('start_time_from');
  const to = parameters.integer('start_time_to');
  const runType = parameters.text('run_type');
  if (runType && !RUN_TYPES.includes(runType))
    throw invalidParameter(`run_type '${runType}' is unknown. Allowed: ${RUN_TYPES.join(', ')}.`);
  return [
    ...(runType
      ? [
          [
            runType === 'JOB_RUN'
              ? 'trigger_kind IS NOT NULL'
              : runType === 'SUBMIT_RUN'
                ? 'trigger_kind IS NULL'
                : 'FALSE',
          ] as const,
        ]
      : []),
    ...(jobId === undefined ? [] : [['job_id = ?', jobId] as const]),
    ...(from === undefined ? [] : [['submitted >= ?', Number(from)] as const]),
    ...(to === undefined ? [] : [['submitted <= ?', Number(to)] as const]),
  ];
}

function placeOf(parameters: Fields): Place {
  const given = parameters.text('page_token');
  if (given === undefined || given === '')
    return { direction: 'after', offset: parameters.count('offset', 0) };
  const text = Buffer.from(given, 'base64url').toString('utf8');
  const [, direction, part, time, runId] = /^(after|before):([01]):(\d{1,16}):(\d{1,19})$/.exec(text) ?? [];
  if (direction === undefined || part === undefined || runId === undefined)
    throw invalidParameter(`Invalid page token: ${given}`);
  const key = { part: BigInt(part), time: Number(time), runId: BigInt(runId) };
  return { direction: direction === 'before' ? 'before' : 'after', key, offset: 0 };
}

function token(direction: Place['direction'], run: RunRecord | undefined): string {
  if (run === undefined) return '';
  const part = run.ended === null ? UNFINISHED : ENDED;
  const text = `${direction}:${part}:${run.ended ?? run.submitted}:${run.run_id}`;
  return Buffer.from(text).toString('base64url');
}
