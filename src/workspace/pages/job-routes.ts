import type { Hono } from 'hono';
import { assertJobAccess } from '../identity/access.ts';
import { runOfJob } from '../jobs/runs.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { refuse } from './page-frame.ts';

/** The page of a job; that of a submitted run is its run's. */
export function jobRoutes(app: Hono<AppTypes>, parts: WorkspaceParts): void {
  app.get('/jobs/:job', (c) => {
    const id = c.req.param('job');
    if (!/^\d{1,18}$/.test(id)) return refuse(c, `There is no job ${id}.`, 404);
    assertJobAccess(parts.db, BigInt(id), c.var.who, 'CAN_VIEW');
    const run = runOfJob(parts.db, BigInt(id));
    if (run === undefined) return refuse(c, `There is no job ${id}.`, 404);
    return c.redirect(`/jobs/${run.job_id}/runs/${run.run_id}`);
  });
}
