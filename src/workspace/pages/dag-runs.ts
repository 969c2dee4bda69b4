import { mayViewJobs } from '../identity/permissions.ts';
import type { Identity } from '../identity/users.ts';
import { isViewableJob } from '../identity/viewable-jobs.ts';
import type { Database, SqlValue } from '../state/database.ts';
import type { LabelledRun } from './run-search.ts';

/** What tells a DAG run from all others of a workspace. */
export interface DagRunKey {
  readonly dag: string;
  readonly dagRun: string;
  /** Environments may hold runs of the same name. */
  readonly environment: string | null;
}

/** A DAG run as far as its tasks were submitted. */
export interface DagRun extends DagRunKey {
  /** The highest id of its runs. */
  readonly newest: bigint;
}

/** The DAG runs that someone may see something of, the newest first. `dag`: of that one only; `before`: an older page. */
export function listDagRuns(
  db: Database,
  who: Identity,
  { dag, before }: { readonly dag?: string; readonly before?: bigint },
  limit: number,
): DagRun[] {
  const [may, ...names] = isViewableJob(who, 'job_id');
  const values: SqlValue[] = [...(dag === undefined ? [] : [dag]), ...names];
  return db.rows<DagRun>(
    `SELECT tag_dag AS dag, tag_dag_run AS dagRun, tag_environment AS environment, max(run_id) AS newest
     FROM runs INDEXED BY runs_by_dag_run
     WHERE deleted IS NULL AND tag_dag_run IS NOT NULL AND ${dag === undefined ? 'tag_dag IS NOT NULL' : 'tag_dag = ?'} AND ${may}
     GROUP BY tag_dag, tag_dag_run, tag_environment HAVING ${before === undefined ? 'TRUE' : 'max(run_id) < ?'}
     ORDER BY newest DESC LIMIT ?`,
    ...values,
    ...(before === undefined ? [] : [before]),
    limit,
  );
}

/** The environments in which someone may see a run of a DAG of this name. */
export function environmentsOfDagRun(
  db: Database,
  who: Identity,
  { dag, dagRun }: Pick<DagRunKey, 'dag' | 'dagRun'>,
): readonly string[] {
  const [may, ...names] = mayViewJobs(who, 'runs.job_id');
  const found = db.rows<{ environment: string }>(
    `SELECT DISTINCT tag_environment AS environment FROM runs INDEXED BY runs_by_dag_run
     WHERE deleted IS NULL AND tag_dag = ? AND tag_dag_run = ? AND tag_environment IS NOT NULL AND ${may}`,
    dag,
    dagRun,
    ...names,
  );
  return found.map(({ environment }) => environment);
}

/** The runs of a DAG run that someone may see, by task in the order of their first submits, attempts in order. */
export function tasksOfDagRun(
  db: Database,
  who: Identity,
  { dag, dagRun, environment }: DagRunKey,
): ReadonlyMap<string, readonly LabelledRun[]> {
  const [may, ...names] = mayViewJobs(who, 'runs.job_id');
  const runs = db.rows<LabelledRun>(
    `SELECT * FROM runs WHERE deleted IS NULL AND tag_dag = ? AND tag_dag_run = ? AND tag_environment IS ? AND ${may}
     ORDER BY run_id`,
    dag,
    dagRun,
    environment,
    ...names,
  );
  return Map.groupBy(runs, (run) => run.tag_task ?? run.name);
}
