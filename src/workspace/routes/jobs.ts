import { Hono } from 'hono';
import { assertJobAccess, findRun } from '../identity/access.ts';
import { listRuns } from '../jobs/run-list.ts';
import { renderOutput } from '../jobs/run-output.ts';
import { renderRun, renderTaskRun } from '../jobs/run-view.ts';
import { deleteRun, runOfJob } from '../jobs/runs.ts';
import { submitRun } from '../jobs/submit.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { fieldsOf } from '../wire/fields.ts';
import { readBody, readParameters, reply } from './request.ts';

/** `/jobs/…` of the Jobs API; 2.1 and 2.2 differ in paging only. */
export function jobsRoutes(parts: WorkspaceParts, version: '2.1' | '2.2'): Hono<AppTypes> {
  const { db, scheduler } = parts;
  const view = () => ({ db, url: parts.url() });
  const app = new Hono<AppTypes>();

  app.post('/runs/submit', async (c) => {
    const options = { ...parts, now: parts.clock.now() };
    const { runId, isNew } = submitRun(await readBody(c), c.var.who, options);
    if (isNew) scheduler.start(runId);
    return reply({ run_id: runId });
  });
  app.get('/runs/get', async (c) => {
    const id = (await readParameters(c)).requiredInteger('run_id');
    const { run, task } = findRun(db, id, c.var.who, 'CAN_VIEW');
    return reply(task === undefined ? renderRun(view(), run) : renderTaskRun(view(), run, task));
  });
  app.get('/runs/get-output', async (c) => {
    const id = (await readParameters(c)).requiredInteger('run_id');
    const found = findRun(db, id, c.var.who, 'CAN_VIEW');
    return reply(await renderOutput(view(), parts.folder, found, c.var.who));
  });
  app.get('/runs/list', async (c) => reply(listRuns(view(), await readParameters(c), c.var.who, version)));
  app.post('/runs/cancel', async (c) => {
    const id = fieldsOf(await readBody(c)).requiredInteger('run_id');
    findRun(db, id, c.var.who, 'CAN_MANAGE_RUN');
    scheduler.cancel(id, c.var.who.userName);
    return reply({});
  });
  app.post('/runs/delete', async (c) => {
    const id = fieldsOf(await readBody(c)).requiredInteger('run_id');
    const { run, task } = findRun(db, id, c.var.who, 'IS_OWNER');
    if (task !== undefined) throw invalidParameter(`Run ${id} is a task of run ${run.run_id}; delete that.`);
    if (run.ended === null)
      throw new ApiError('INVALID_STATE', `Run ${id} is still active; cancel it before you delete it.`);
    deleteRun(db, parts.folder, run, parts.clock.now());
    return reply({});
  });
  app.get('/get', async (c) => {
    const jobId = (await readParameters(c)).requiredInteger('job_id');
    assertJobAccess(db, jobId, c.var.who, 'CAN_VIEW');
    const run = runOfJob(db, jobId);
    if (run === undefined) throw invalidParameter(`Job ${jobId} does not exist.`);
    const { tasks } = renderRun(view(), run);
    return reply({
      job_id: jobId,
      creator_user_name: run.creator,
      created_time: run.submitted,
      settings: { name: run.name, max_concurrent_runs: 1, format: 'MULTI_TASK', tasks },
    });
  });
  return app;
}
