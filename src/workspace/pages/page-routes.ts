import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type Context, Hono } from 'hono';
import { driverFolder } from '../compute/driver.ts';
import { logSize } from '../compute/driver-log.ts';
import { type FoundRun, findRun, maySeeLog } from '../identity/access.ts';
import { grantsOf, type Level } from '../identity/permissions.ts';
import { identify, redeemLoginCode } from '../identity/users.ts';
import { recentRuns } from '../jobs/run-list.ts';
import { isTerminal } from '../jobs/run-state.ts';
import { lastAttempts, type RunRecord, runOfJob, type TaskRecord, tasksOf } from '../jobs/runs.ts';
import { reply } from '../routes/request.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { ApiError } from '../wire/api-error.ts';
import { homeRows } from './home-facts.ts';
import { readLogPiece } from './log-piece.ts';
import { type PageName, renderContent, renderPage } from './render.ts';
import { runFacts } from './run-facts.ts';
import { isSameOrigin, openSession, pageIdentity } from './sessions.ts';

const HOME_RUNS = 50;

/** The pages for people: recent runs, the run page, signing in. */
export function pageRoutes(parts: WorkspaceParts): Hono<AppTypes> {
  const app = new Hono<AppTypes>();
  app.use(async (c, next) => {
    c.set('nonce', randomBytes(16).toString('base64'));
    await next();
    for (const [name, value] of Object.entries(securityHeaders(c.var.nonce))) c.res.headers.set(name, value);
  });
  signInRoutes(app, parts);
  app.use(async (c, next) => {
    const who = pageIdentity(parts, c);
    if (who === undefined) return signIn(c);
    c.set('who', who);
    return next();
  });
  app.use(async (c, next) => {
    if (c.req.method !== 'POST' || isSameOrigin(c)) return next();
    return refuse(c, 'This request did not come from a page of the workspace.', 403);
  });
  app.get('/', (c) => {
    const runs = recentRuns(parts.db, c.var.who, HOME_RUNS);
    const rows = homeRows(parts.db, runs, parts.clock.now().getTime());
    return page(c, 'home', 'Runs', { rows });
  });
  app.get('/jobs/:job', (c) => {
    const run = /^\d{1,18}$/.test(c.req.param('job'))
      ? runOfJob(parts.db, BigInt(c.req.param('job')))
      : undefined;
    if (run === undefined) return refuse(c, `There is no job ${c.req.param('job')}.`, 404);
    return c.redirect(`/jobs/${run.job_id}/runs/${run.run_id}`);
  });
  runRoutes(app, parts);
  app.notFound((c) => refuse(c, 'There is no such page.', 404));
  app.onError((error, c) => pageError(parts, error, c));
  return app;
}

function runRoutes(app: Hono<AppTypes>, parts: WorkspaceParts): void {
  const { db } = parts;
  app.get('/jobs/:job/runs/:run', async (c) => {
    const { run, task } = target(parts, c, 'CAN_VIEW');
    const facts = runFacts(db, run, task, c.var.who, parts.clock.now().getTime());
    const log = facts.maySeeLog ? await logPiece(parts, task, {}) : undefined;
    if (c.req.query('facts') !== undefined) return c.html(renderContent('run', { ...facts, log }));
    return page(c, 'run', `${facts.state} · ${facts.task}`, { ...facts, log }, true);
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
}

function signInRoutes(app: Hono<AppTypes>, parts: WorkspaceParts): void {
  app.get('/login', (c) => {
    const code = c.req.query('code');
    const userName = code === undefined ? undefined : redeemLoginCode(parts.db, code, parts.clock.now());
    if (userName !== undefined) openSession(parts, c, userName);
    if (userName !== undefined || pageIdentity(parts, c) !== undefined) return c.redirect('/');
    return signIn(
      c,
      code === undefined ? undefined : 'That link was used already, or is older than 10 minutes.',
    );
  });
  app.post('/login', async (c) => {
    if (!isSameOrigin(c)) return refuse(c, 'This request did not come from a page of the workspace.', 403);
    const form = await c.req.parseBody();
    const token = typeof form.token === 'string' ? form.token.trim() : '';
    const who = identify(parts.db, 'token', token, parts.clock.now());
    if (who === undefined)
      return signIn(c, 'That is not a token of this workspace.', String(form.next ?? '/'));
    openSession(parts, c, who.userName);
    return c.redirect(ownPath(String(form.next ?? '/')), 303);
  });
}

/** The run and the task that a page is about; a run's own id means its first task. */
function target(
  parts: WorkspaceParts,
  c: Context<AppTypes>,
  needed: Level,
): { run: RunRecord; task: TaskRecord } {
  const id = c.req.param('run') ?? '';
  if (!/^\d{1,19}$/.test(id)) throw new ApiError('RESOURCE_DOES_NOT_EXIST', `There is no run ${id}.`);
  const found: FoundRun = findRun(parts.db, BigInt(id), c.var.who, needed);
  const task = found.task ?? lastAttempts(tasksOf(parts.db, found.run.run_id))[0];
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

function page(
  c: Context<AppTypes>,
  name: PageName,
  title: string,
  values: object,
  hasScript = false,
): Response {
  const frame = { title, nonce: c.var.nonce, userName: c.var.who.userName, hasScript };
  return c.html(renderPage(name, frame, values)) as Response;
}

function signIn(c: Context<AppTypes>, problem?: string, next?: string): Response {
  // The cookie stays behind when another site's page links here; asking again from here brings it along.
  const isFirst = c.req.query('again') === undefined;
  const isForeign = c.req.header('sec-fetch-site') === 'cross-site' && c.req.method === 'GET';
  const path = next ?? (c.req.path === '/login' ? '/' : c.req.path);
  const values = {
    problem,
    next: ownPath(path),
    again: isForeign && isFirst ? `${c.req.path}?again=1` : undefined,
  };
  const html = renderPage('sign-in', { title: 'Sign in', nonce: c.var.nonce }, values);
  return c.html(html, 401) as Response;
}

function refuse(
  c: Context<AppTypes>,
  message: string,
  status: 403 | 404 | 500,
  helpers: readonly string[] = [],
): Response {
  const frame = { title: message, nonce: c.var.nonce, userName: c.var.who?.userName ?? '' };
  return c.html(renderPage('refused', frame, { message, helpers }), status) as Response;
}

/** A refusal as a page; for a run it names who can give access. */
function pageError(parts: WorkspaceParts, error: unknown, c: Context<AppTypes>): Response {
  if (!(error instanceof ApiError))
    return refuse(c, `The workspace failed: ${(error as Error).message}`, 500);
  if (/\/log(\.txt)?$/.test(c.req.path)) return reply({ error: error.message }, error.status);
  if (error.status !== 403) return refuse(c, error.message, 404);
  const job = /^\/jobs\/(\d{1,18})\//.exec(c.req.path)?.[1];
  const owners = job === undefined ? [] : grantsOf(parts.db, 'jobs', job);
  const helpers = owners.filter((grant) => grant.level === 'IS_OWNER').map((grant) => grant.principal);
  return refuse(c, error.message, 403, helpers);
}

/** A path of our own to go to after signing in, whatever the form said. */
function ownPath(path: string): string {
  return /^\/(?![/\\])[\w\-./?=&%]*$/.test(path) ? path : '/';
}

function securityHeaders(nonce: string): Record<string, string> {
  return {
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}
