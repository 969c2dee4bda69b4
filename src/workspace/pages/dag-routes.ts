import type { Hono } from 'hono';
import { printableLine } from '../../core/printable.ts';
import type { AppTypes, WorkspaceParts } from '../server/parts.ts';
import { dagRunFacts, summaryOf } from './dag-run-facts.ts';
import { type DagRun, environmentsOfDagRun, listDagRuns, tasksOfDagRun } from './dag-runs.ts';
import { page, refuse } from './page-frame.ts';
import { dagRunUrl, dagUrl } from './page-urls.ts';
import type { LabelledRun } from './run-search.ts';
import { stateOfRun } from './run-state-words.ts';
import { durationWords, timeWords } from './words.ts';

const PER_PAGE = 40;

/** The list of DAG runs, that of one DAG, and the page of a DAG run. */
export function dagRoutes(app: Hono<AppTypes>, parts: WorkspaceParts): void {
  const { db } = parts;
  const now = (): number => parts.clock.now().getTime();
  app.get('/dags', (c) => {
    const before = beforeOf(c.req.query('before'));
    const found = listDagRuns(db, c.var.who, { ...before }, PER_PAGE + 1);
    const rows = found.slice(0, PER_PAGE).map((run) => rowOf(run, tasksOfDagRun(db, c.var.who, run)));
    return page(c, 'dags', 'DAG runs', { rows, ...pagesOf('/dags', found, before) });
  });
  app.get('/dags/:dag', (c) => {
    const dag = c.req.param('dag');
    const before = beforeOf(c.req.query('before'));
    const found = listDagRuns(db, c.var.who, { dag, ...before }, PER_PAGE + 1);
    const name = printableLine(dag);
    if (found.length === 0 && before.before === undefined)
      return refuse(c, `There is no run of a DAG ${name} that you may see.`, 404);
    const rows = found.slice(0, PER_PAGE).map((run) => rowOf(run, tasksOfDagRun(db, c.var.who, run)));
    return page(c, 'dags', name, { dag: name, rows, ...pagesOf(dagUrl(dag), found, before) });
  });
  app.get('/dags/:dag/runs/:run', (c) => {
    const { dag, run } = c.req.param();
    const key = { dag, dagRun: run, environment: c.req.query('environment') ?? null };
    const tasks = tasksOfDagRun(db, c.var.who, key);
    if (tasks.size === 0) {
      const [environment, ...others] = environmentsOfDagRun(db, c.var.who, key);
      if (key.environment === null && environment !== undefined && others.length === 0)
        return c.redirect(dagRunUrl(dag, run, environment));
      const place = key.environment === null ? '' : ` in ${printableLine(key.environment)}`;
      return refuse(
        c,
        `There is no run ${printableLine(run)} of a DAG ${printableLine(dag)}${place} that you may see.`,
        404,
      );
    }
    const facts = dagRunFacts(db, key, tasks, now());
    return page(c, 'dag-run', `${facts.words} · ${facts.dag}`, facts);
  });

  const rowOf = (run: DagRun, tasks: ReadonlyMap<string, readonly LabelledRun[]>) => {
    const all = [...tasks.values()].flat();
    const last = [...tasks.values()].flatMap((attempts) => attempts.at(-1) ?? []);
    const started = Math.min(...all.map(({ submitted }) => submitted));
    const ended = Math.max(...last.map((each) => each.ended ?? now()));
    return {
      ...summaryOf(last.map((each) => stateOfRun(db, each))),
      id: String(run.newest),
      dag: printableLine(run.dag),
      dagUrl: dagUrl(run.dag),
      dagRun: printableLine(run.dagRun),
      url: dagRunUrl(run.dag, run.dagRun, run.environment),
      team: printableLine(last[0]?.tag_team ?? ''),
      environment: printableLine(run.environment ?? ''),
      isProduction: run.environment === 'prod',
      tasks: last.map((each) => ({
        ...stateOfRun(db, each),
        task: printableLine(each.tag_task ?? each.name),
      })),
      started: timeWords(started),
      duration: durationWords(ended - started),
    };
  };
}

function beforeOf(text: string | undefined): { readonly before?: bigint } {
  return text !== undefined && /^\d{1,18}$/.test(text) ? { before: BigInt(text) } : {};
}

function pagesOf(url: string, found: readonly DagRun[], { before }: { readonly before?: bigint }) {
  const last = found[PER_PAGE - 1];
  return {
    ...(before === undefined ? {} : { newestUrl: url }),
    ...(found.length > PER_PAGE && last !== undefined ? { olderUrl: `${url}?before=${last.newest}` } : {}),
  };
}
