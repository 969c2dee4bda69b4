import { type Context, Hono } from 'hono';
import type { JsonObject } from '../../core/json.ts';
import { assertJobAccess } from '../identity/access.ts';
import { parseGrants } from '../identity/permissions.ts';
import { identityOf } from '../identity/users.ts';
import { listJobs } from '../jobs/job-list.ts';
import { type JobsVersion, mergeSettings, planSettings } from '../jobs/job-settings.ts';
import { renderJob } from '../jobs/job-view.ts';
import { runNow } from '../jobs/run-now.ts';
import { renderAsked } from '../jobs/run-view.ts';
import { activeRunsOf, lastAttempts, requestOf, runOfJob, tasksOf } from '../jobs/runs.ts';
import {
  deleteJob,
  findJob,
  insertJob,
  type JobRecord,
  savedJob,
  settingsOf,
  updateJob,
  wasSaved,
} from '../jobs/saved-jobs.ts';
import { parseRunAs } from '../jobs/submission.ts';
import { assertMayRunAs } from '../jobs/submit.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import { readBody, readParameters, reply } from './request.ts';
import { runRoutes } from './runs.ts';

/** `/jobs/…` of the Jobs API: saved jobs, and below `/runs` the runs. */
export function jobsRoutes(parts: WorkspaceParts, version: JobsVersion): Hono<AppTypes> {
  const { db, scheduler } = parts;
  const app = new Hono<AppTypes>();
  app.route('/runs', runRoutes(parts, version));

  app.post('/create', async (c) => {
    const fields = fieldsOf(await readBody(c));
    const { who } = c.var;
    const runAs = parseRunAs(fields) ?? who.userName;
    assertMayRunAs(db, who, runAs);
    const grants = parseGrants(fields.list('access_control_list'), 'jobs');
    const settings = planSettings(fields.value, identityOf(db, runAs), parts, version);
    const jobId = insertJob(db, { creator: who.userName, runAs, settings }, grants, parts.clock.now());
    scheduler.jobsChanged();
    return reply({ job_id: jobId });
  });
  app.get('/get', async (c) => {
    const parameters = await readParameters(c);
    const jobId = parameters.requiredInteger('job_id');
    assertJobAccess(db, jobId, c.var.who, 'CAN_VIEW');
    const job = findJob(db, jobId);
    if (job === undefined) return reply(hiddenJob(parts, jobId));
    return reply(renderJob(job, version, parameters.text('page_token')));
  });
  app.get('/list', async (c) => reply(listJobs(db, await readParameters(c), c.var.who, version)));
  app.post('/run-now', async (c) => {
    const body = await readBody(c);
    const jobId = fieldsOf(body).requiredInteger('job_id');
    assertJobAccess(db, jobId, c.var.who, 'CAN_MANAGE_RUN');
    const options = { ...parts, now: parts.clock.now() };
    const { runId, isNew } = runNow(savedJob(db, jobId), body, c.var.who, options);
    if (isNew) scheduler.start(runId);
    return reply({ run_id: runId, number_in_job: runId });
  });
  app.post('/delete', async (c) => {
    const jobId = fieldsOf(await readBody(c)).requiredInteger('job_id');
    assertJobAccess(db, jobId, c.var.who, 'IS_OWNER');
    savedJob(db, jobId);
    deleteJob(db, jobId, parts.clock.now());
    for (const run of activeRunsOf(db, jobId)) scheduler.cancel(run.run_id, c.var.who.userName);
    scheduler.jobsChanged();
    return reply({});
  });
  changeRoutes(app, parts, version);
  return app;
}

/** `reset` replaces all settings of a job, `update` some of them. */
function changeRoutes(app: Hono<AppTypes>, parts: WorkspaceParts, version: JobsVersion): void {
  app.post('/reset', async (c) => {
    const { job, fields } = await ownJob(parts, c);
    const given = fields.object('new_settings');
    if (given === undefined) throw invalidParameter('Missing required field: new_settings');
    return change(parts, c, job, given, given, version);
  });
  app.post('/update', async (c) => {
    const { job, fields } = await ownJob(parts, c);
    const given = fields.object('new_settings') ?? {};
    const remove = fields.texts('fields_to_remove');
    return change(parts, c, job, mergeSettings(settingsOf(job), given, remove), given, version);
  });
}

async function ownJob(
  { db }: WorkspaceParts,
  c: Context<AppTypes>,
): Promise<{ job: JobRecord; fields: Fields }> {
  const fields = fieldsOf(await readBody(c));
  const jobId = fields.requiredInteger('job_id');
  assertJobAccess(db, jobId, c.var.who, 'IS_OWNER');
  return { job: savedJob(db, jobId), fields };
}

function change(
  { db, clock, scheduler, ...rest }: WorkspaceParts,
  c: Context<AppTypes>,
  job: JobRecord,
  wanted: JsonObject,
  given: JsonObject,
  version: JobsVersion,
): Response {
  const runAs = parseRunAs(fieldsOf(given)) ?? job.run_as;
  if (runAs !== job.run_as) assertMayRunAs(db, c.var.who, runAs);
  const settings = planSettings(wanted, identityOf(db, runAs), { db, ...rest }, version);
  updateJob(db, job.job_id, settings, runAs, clock.now());
  scheduler.jobsChanged();
  return reply({});
}

/** The job that a submitted run has to itself: its settings are what was submitted. */
function hiddenJob(parts: WorkspaceParts, jobId: bigint): JsonObject {
  // The runs of a deleted job may still be ending.
  const run = wasSaved(parts.db, jobId) ? undefined : runOfJob(parts.db, jobId);
  if (run === undefined) throw invalidParameter(`Job ${jobId} does not exist.`);
  const tasks = lastAttempts(tasksOf(parts.db, run.run_id)).map((task) => renderAsked(requestOf(task)));
  return {
    job_id: jobId,
    creator_user_name: run.creator,
    created_time: run.submitted,
    settings: { name: run.name, max_concurrent_runs: 1, format: 'MULTI_TASK', tasks },
  };
}
