import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Context, Hono } from 'hono';
import { driverFolder, notebookOutputOf } from '../compute/driver.ts';
import { logSize } from '../compute/driver-log.ts';
import { type FoundRun, findRun, maySeeLog } from '../identity/access.ts';
import type { Level } from '../identity/permissions.ts';
import { runAgain } from '../jobs/run-again.ts';
import { isTerminal } from '../jobs/run-state.ts';
import { type RunRecord, requestOf, runById, type TaskRecord, tasksOf } from '../jobs/runs.ts';
import { reply } from '../routes/request.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError } from '../wire/api-error.ts';
import { tellingTask } from './attempt-facts.ts';
import { readLogPiece } from './log-piece.ts';
import { cleanLog } from './log-text.ts';
import { isRefresh, page } from './page-frame.ts';
import { runFacts } from './run-facts.ts';

/** A longer result is for programs: they get it whole. */
const RESULT_LENGTH = 20_000;

/** The run page, its log, and what can be done to a run there. */
export function runRoutes(app: Hono<AppTypes>, parts: WorkspaceParts): void {
  const { db } = parts;
  app.get('/jobs/:job/runs/:run', async (c) => {
    const { run, task } = target(parts, c, 'CAN_VIEW');
    const facts = runFacts(db, run, task, c.var.who, parts.clock.now().getTime());
    const log = facts.maySeeLog && !isRefresh(c) ? await logPiece(parts, task, {}) : undefined;
    const values = { ...facts, log, ...resultOf(parts.folder, task) };
    return page(c, 'run', facts.title, values, true);
  });
  app.get('/jobs/:job/runs/:run/log', async (c) => {
    const { task } = logTarget(parts, c);
    return reply(await logPiece(parts, task, c.req.query()));
  });
  app.get('/jobs/:job/runs/:run/log.txt', (c) => {
    const { task } = logTarget(parts, c);
    const file = driverFolder(parts.folder, task.run_id).log;
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="run-${task.run_id}.log"`,
    };
    if (logSize(file) === 0) return c.body('', 200, headers);
    return c.body(Readable.toWeb(createReadStream(file)) as ReadableStream, 200, headers);
  });
  app.post('/jobs/:job/runs/:run/cancel', (c) => {
    const { run } = target(parts, c, 'CAN_MANAGE_RUN');
    parts.scheduler.cancel(run.run_id, c.var.who.userName);
    return c.redirect(`/jobs/${run.job_id}/runs/${c.req.param('run')}`, 303);
  });
  app.post('/jobs/:job/runs/:run/again', (c) => {
    const { run } = target(parts, c, 'CAN_MANAGE_RUN');
    const { runId } = runAgain(run.run_id, c.var.who, { ...parts, now: parts.clock.now() });
    parts.scheduler.start(runId);
    const fresh = runById(db, runId);
    return c.redirect(`/jobs/${fresh?.job_id ?? run.job_id}/runs/${runId}`, 303);
  });
}

/** What a notebook exited with. */
function resultOf(folder: string, task: TaskRecord): { readonly result?: string } {
  if (task.result !== 'SUCCESS' || requestOf(task).work.kind !== 'notebook') return {};
  const result = notebookOutputOf(driverFolder(folder, task.run_id))?.result;
  if (result === undefined) return {};
  const isLong = result.length > RESULT_LENGTH;
  return { result: cleanLog(isLong ? `${result.slice(0, RESULT_LENGTH)} …` : result) };
}

/** The run and the task that a page is about; a run's own id means the task that says most of it. */
function target(
  parts: WorkspaceParts,
  c: Context<AppTypes>,
  needed: Level,
): { run: RunRecord; task: TaskRecord } {
  const id = c.req.param('run') ?? '';
  if (!/^\d{1,19}$/.test(id)) throw new ApiError('RESOURCE_DOES_NOT_EXIST', `There is no run ${id}.`);
  const found: FoundRun = findRun(parts.db, BigInt(id), c.var.who, needed);
  const task = found.task ?? tellingTask(tasksOf(parts.db, found.run.run_id));
  if (task === undefined || String(found.run.job_id) !== c.req.param('job'))
    throw new ApiError('RESOURCE_DOES_NOT_EXIST', `There is no run ${id} of job ${c.req.param('job')}.`);
  return { run: found.run, task };
}

function logTarget(parts: WorkspaceParts, c: Context<AppTypes>): { run: RunRecord; task: TaskRecord } {
  const found = target(parts, c, 'CAN_VIEW');
  if (!maySeeLog(parts.db, found.run, found.task, c.var.who))
    throw new ApiError(
      'PERMISSION_DENIED',
      `${c.var.who.userName} may see this run, but not its driver log.`,
    );
  return found;
}

async function logPiece(parts: WorkspaceParts, task: TaskRecord, query: Record<string, string>) {
  const isOver = isTerminal(task.life);
  const piece = await readLogPiece(driverFolder(parts.folder, task.run_id).log, query, isOver);
  return { ...piece, isOver, state: task.life };
}
