import type { Context, Hono } from 'hono';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Staging } from '../compute/staging.ts';
import { demandKnownPrincipals } from '../identity/known-principals.ts';
import { pageIdentity } from '../pages/sessions.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { type Database, raiseCounter } from '../state/database.ts';
import { clockRoutes } from './clock-routes.ts';
import { withLegacyPages } from './reply-edit.ts';
import { requestFaults } from './request-faults.ts';
import type { Scenario } from './scenario.ts';
import { runMask } from './shown-runs.ts';
import { createStage, type Stage } from './stage.ts';
import { stagedTasks } from './staged-tasks.ts';
import { type SteeredClock, steeredClock } from './steered-clock.ts';

/** A scenario in the hands of one server. */
export interface Rehearsal {
  /** Name of the scenario's file. */
  readonly name: string;
  /** Present when the scenario says what time it is. */
  readonly clock?: Clock;
  readonly staging: Staging;
  /** Puts the scenario before the routes of an app. */
  install(app: Hono<AppTypes>, parts: WorkspaceParts): void;
}

/** Begins a scenario: its counts start at nought. @param folder The workspace's. */
export function beginRehearsal(scenario: Scenario, db: Database, folder: string): Rehearsal {
  const { ids, clock: timing } = scenario;
  if (scenario.principals === 'known') demandKnownPrincipals(db);
  if (ids.runs !== undefined) raiseCounter(db, 'run', ids.runs);
  if (ids.jobs !== undefined) raiseCounter(db, 'job', ids.jobs);
  const steered = timing === undefined ? undefined : steeredClock(timing.start ?? systemClock.now());
  const clock = steered ?? systemClock;
  const stage = createStage(scenario.runs, db, clock);
  return {
    name: scenario.name,
    ...(steered === undefined ? {} : { clock: steered }),
    staging: stagedTasks(stage, folder),
    install: (app, parts) => {
      app.use((c, next) => {
        c.set('scenario', scenario.name);
        return next();
      });
      if (steered !== undefined) installClock(app, parts, steered, timing?.stepSeconds ?? 0);
      const userOf = (c: Context<AppTypes>): string => pageIdentity(parts, c)?.userName ?? '';
      app.use(requestFaults({ rules: scenario.requests, limits: scenario.limits, clock, userOf }));
      installReplies(app, parts, scenario, stage);
    },
  };
}

function installClock(
  app: Hono<AppTypes>,
  { db }: WorkspaceParts,
  clock: SteeredClock,
  stepSeconds: number,
): void {
  if (stepSeconds === 0) app.route('/', clockRoutes(db, clock));
  else
    app.use('/api/*', async (_c, next) => {
      await clock.advance(stepSeconds * 1_000);
      return next();
    });
}

function installReplies(app: Hono<AppTypes>, parts: WorkspaceParts, scenario: Scenario, stage: Stage): void {
  const mask = scenario.runs.some(({ shown }) => shown !== undefined) ? runMask(stage) : undefined;
  const isLegacy = scenario.runPageUrl === 'legacy';
  if (mask === undefined && !isLegacy) return;
  app.use('/api/*', async (c, next) => {
    await next();
    if (c.res.status !== 200 || !c.res.headers.get('content-type')?.startsWith('application/json')) return;
    const text = await c.res.text();
    const masked = mask !== undefined && c.req.path.endsWith('/jobs/runs/get') ? mask(text) : text;
    const edited = isLegacy ? withLegacyPages(masked, parts.workspaceId) : masked;
    c.res = new Response(edited, { status: 200, headers: c.res.headers });
  });
}
