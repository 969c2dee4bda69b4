import { Hono } from 'hono';
import type { JsonObject } from '../../core/json.ts';
import { assertJobAccess, findRun } from '../identity/access.ts';
import type { JobsVersion } from '../jobs/job-settings.ts';
import { legacyRun } from '../jobs/legacy-run.ts';
import { pageArrays } from '../jobs/paged-arrays.ts';
import { repairRun } from '../jobs/repair-run.ts';
import { listRuns } from '../jobs/run-list.ts';
import { renderOutput } from '../jobs/run-output.ts';
import { LONG_LISTS_OF_RUN, renderRun, renderTaskRun } from '../jobs/run-view.ts';
import {
  activeRuns,
  activeRunsOf,
  deleteRun,
  type RunRecord,
  type TaskRecord,
  tasksOf,
} from '../jobs/runs.ts';
import { submitRun } from '../jobs/submit.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import type { Database } from '../state/database.ts';
import { ApiError, invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { readBody, readParameters, reply } from './request.ts';

/** `/jobs/runs/…` of the Jobs API. */
export function runRoutes(parts: WorkspaceParts, version: JobsVersion): Hono<AppTypes> {
  const { db, scheduler } = parts;
  const view = () => ({ db, url: parts.url() });
  const app = new Hono<AppTypes>();

  app.post('/submit', async (c) => {
    const options = { ...parts, now: parts.clock.now() };
    const { runId, isNew } = submitRun(await readBody(c), c.var.who, options);
    if (isNew) scheduler.start(runId);
    return reply({ run_id: runId });
  });
  app.get('/get', async (c) => {
    const parameters = await readParameters(c);
    const { run, task } = findRun(db, parameters.requiredInteger('run_id'), c.var.who, 'CAN_VIEW');
    if (task !== undefined) return reply(renderTaskRun(view(), run, task));
    const whole = renderRun(view(), run, {
      history: parameters.flag('include_history'),
      resolvedValues: parameters.flag('include_resolved_values'),
    });
    if (version === '2.0') return reply(legacyRun(whole));
    return reply(version === '2.1' ? { ...whole, format: 'MULTI_TASK' } : paged(whole, parameters));
  });
  app.get('/get-output', async (c) => {
    const id = (await readParameters(c)).requiredInteger('run_id');
    const found = findRun(db, id, c.var.who, 'CAN_VIEW');
    const only = version === '2.0' && found.task === undefined ? onlyTask(db, found.run) : undefined;
    if (only === undefined) return reply(await renderOutput(view(), parts.folder, found, c.var.who));
    const output = await renderOutput(view(), parts.folder, { run: found.run, task: only }, c.var.who);
    return reply({ ...output, metadata: legacyRun(renderRun(view(), found.run)) });
  });
  app.get('/list', async (c) => reply(listRuns(view(), await readParameters(c), c.var.who, version)));
  app.post('/delete', async (c) => {
    const id = fieldsOf(await readBody(c)).requiredInteger('run_id');
    const { run, task } = findRun(db, id, c.var.who, 'IS_OWNER');
    if (task !== undefined) throw invalidParameter(`Run ${id} is a task of run ${run.run_id}; delete that.`);
    if (run.ended === null)
      throw new ApiError('INVALID_STATE', `Run ${id} is still active; cancel it before you delete it.`);
    deleteRun(db, parts.folder, run, parts.clock.now());
    return reply({});
  });
  app.post('/repair', async (c) => {
    const body = await readBody(c);
    const id = fieldsOf(body).requiredInteger('run_id');
    const { run, task } = findRun(db, id, c.var.who, 'CAN_MANAGE_RUN');
    if (task !== undefined) throw invalidParameter(`Run ${id} is a task of run ${run.run_id}; repair that.`);
    const repairId = repairRun(run, body, { ...parts, now: parts.clock.now() });
    scheduler.start(run.run_id);
    return reply({ repair_id: repairId });
  });
  cancelRoutes(app, parts);
  return app;
}

function cancelRoutes(app: Hono<AppTypes>, { db, scheduler }: WorkspaceParts): void {
  app.post('/cancel', async (c) => {
    const id = fieldsOf(await readBody(c)).requiredInteger('run_id');
    findRun(db, id, c.var.who, 'CAN_MANAGE_RUN');
    scheduler.cancel(id, c.var.who.userName);
    return reply({});
  });
  app.post('/cancel-all', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const isQueuedOnly = fields.flag('all_queued_runs') ?? false;
    const { who } = c.var;
    const jobId = isQueuedOnly ? fields.integer('job_id') : fields.requiredInteger('job_id');
    if (jobId !== undefined) assertJobAccess(db, jobId, who, 'CAN_MANAGE_RUN');
    else if (!who.isAdmin)
      throw new ApiError(
        'PERMISSION_DENIED',
        `User ${who.userName} may not cancel the runs of every job: give job_id, or ask an administrator.`,
      );
    const runs = jobId === undefined ? activeRuns(db) : activeRunsOf(db, jobId);
    // Those that wait go first: each that ends would let the next of them begin.
    const [held, going] = [runs.filter((run) => run.held !== null), runs.filter((run) => run.held === null)];
    for (const run of isQueuedOnly ? held : [...held, ...going]) scheduler.cancel(run.run_id, who.userName);
    return reply({});
  });
}

function paged(run: JsonObject, parameters: Fields): JsonObject {
  const { reply: page, next } = pageArrays(run, LONG_LISTS_OF_RUN, parameters.text('page_token'));
  return { ...page, ...(next === undefined ? {} : { next_page_token: next }) };
}

/** The task of a run that has one only: 2.0 asks for its output by the id of the run. */
function onlyTask(db: Database, run: RunRecord): TaskRecord | undefined {
  const tasks = tasksOf(db, run.run_id);
  return new Set(tasks.map((task) => task.task_key)).size === 1 ? tasks.at(-1) : undefined;
}
