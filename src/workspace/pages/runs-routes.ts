import type { Hono } from 'hono';
import { printableLine } from '../../core/printable.ts';
import type { Identity } from '../identity/users.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import type { Database } from '../state/database.ts';
import { page } from './page-frame.ts';
import { runRows } from './run-rows.ts';
import { parseRunFilter, type RunFilter, STATE_FILTERS, searchRuns } from './run-search.ts';

const RUNS_PER_PAGE = 50;
const AGES = [
  { value: '1h', words: 'the last hour' },
  { value: '24h', words: 'the last 24 hours' },
  { value: '7d', words: 'the last 7 days' },
  { value: '30d', words: 'the last 30 days' },
];

/** The list of runs, held to what its address says. */
export function runsRoutes(app: Hono<AppTypes>, parts: WorkspaceParts): void {
  app.get('/', (c) => {
    const { db } = parts;
    const teams = teamsFor(db, c.var.who);
    const filter = withTeamAsWritten(parseRunFilter(c.req.query()), teams);
    const isUnknown = (c.req.query('state') ?? '') !== '' && filter.state === undefined;
    const now = parts.clock.now().getTime();
    const found = searchRuns(db, filter, c.var.who, now, RUNS_PER_PAGE);
    return page(c, 'runs', 'Runs', {
      rows: runRows(db, found.runs, now),
      filter,
      isFiltered: Object.keys(filter).some((name) => name !== 'before'),
      states: STATE_FILTERS.map((value) => ({ value, isChosen: value === filter.state })),
      ages: AGES.map((age) => ({ ...age, isChosen: age.value === filter.age })),
      teams,
      ...(isUnknown ? { unknownState: printableLine(c.req.query('state') ?? '') } : {}),
      ...(filter.before === undefined ? {} : { newestUrl: urlOf(filter) }),
      ...(found.older === undefined ? {} : { olderUrl: urlOf(filter, found.older) }),
    });
  });
}

/** People write the name of a team with other capitals than its tags have. */
function withTeamAsWritten(filter: RunFilter, teams: readonly string[]): RunFilter {
  const { team } = filter;
  if (team === undefined || teams.includes(team)) return filter;
  const known = teams.find((each) => each.toLowerCase() === team.toLowerCase());
  return known === undefined ? filter : { ...filter, team: known };
}

/** Teams to choose from: someone's own groups, or those of everybody for an admin. */
function teamsFor(db: Database, who: Identity): readonly string[] {
  if (!who.isAdmin) return who.groups;
  return db
    .rows<{ tag_team: string }>(
      `WITH RECURSIVE teams(tag_team) AS (
         SELECT min(tag_team) FROM runs
         UNION ALL SELECT (SELECT min(tag_team) FROM runs WHERE tag_team > teams.tag_team) FROM teams
         WHERE teams.tag_team IS NOT NULL
       ) SELECT tag_team FROM teams WHERE tag_team IS NOT NULL LIMIT 1000`,
    )
    .map((row) => row.tag_team);
}

function urlOf({ before: _page, jobId: _job, ...filter }: RunFilter, older?: bigint): string {
  const query = new URLSearchParams(filter as Record<string, string>);
  if (older !== undefined) query.set('before', String(older));
  return query.size === 0 ? '/' : `/?${query}`;
}
