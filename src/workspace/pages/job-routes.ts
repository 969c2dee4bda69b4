import type { Hono } from 'hono';
import { printableLine } from '../../core/printable.ts';
import { assertJobAccess } from '../identity/access.ts';
import { isAllowed } from '../identity/permissions.ts';
import { runNow } from '../jobs/run-now.ts';
import { runOfJob } from '../jobs/runs.ts';
import { findJob } from '../jobs/saved-jobs.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { jobFacts, jobRows } from './job-facts.ts';
import { page, refuse } from './page-frame.ts';
import { runRows } from './run-rows.ts';
import { parseRunFilter, searchRuns } from './run-search.ts';

const RUNS_SHOWN = 25;

/** The page of a saved job and of its runs; that of a submitted run is its run's. */
export function jobRoutes(app: Hono<AppTypes>, parts: WorkspaceParts): void {
  const { db } = parts;
  app.get('/jobs', (c) => page(c, 'jobs', 'Jobs', { rows: jobRows(db, c.var.who) }));
  app.get('/jobs/:job', (c) => {
    const id = c.req.param('job');
    if (!/^\d{1,18}$/.test(id)) return refuse(c, `There is no job ${printableLine(id)}.`, 404);
    const jobId = BigInt(id);
    assertJobAccess(db, jobId, c.var.who, 'CAN_VIEW');
    const job = findJob(db, jobId);
    if (job === undefined) {
      const run = runOfJob(db, jobId);
      if (run === undefined) return refuse(c, `There is no job ${id}.`, 404);
      return c.redirect(`/jobs/${run.job_id}/runs/${run.run_id}`);
    }
    const now = parts.clock.now().getTime();
    const { before } = parseRunFilter(c.req.query());
    const filter = { jobId, ...(before === undefined ? {} : { before }) };
    const found = searchRuns(db, filter, c.var.who, now, RUNS_SHOWN);
    return page(c, 'job', job.name, {
      ...jobFacts(db, job),
      rows: runRows(db, found.runs, now),
      mayRun: isAllowed(db, c.var.who, 'jobs', id, 'CAN_MANAGE_RUN'),
      ...(before === undefined ? {} : { newestUrl: `/jobs/${id}` }),
      ...(found.older === undefined ? {} : { olderUrl: `/jobs/${id}?before=${found.older}` }),
    });
  });
  app.post('/jobs/:job/run', (c) => {
    const id = c.req.param('job');
    const job = /^\d{1,18}$/.test(id) ? findJob(db, BigInt(id)) : undefined;
    assertJobAccess(db, job?.job_id ?? 0n, c.var.who, 'CAN_MANAGE_RUN');
    if (job === undefined) return refuse(c, `There is no job ${printableLine(id)}.`, 404);
    const { runId } = runNow(job, {}, c.var.who, { ...parts, now: parts.clock.now() });
    parts.scheduler.start(runId);
    return c.redirect(`/jobs/${id}/runs/${runId}`, 303);
  });
}
