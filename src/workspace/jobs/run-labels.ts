import { type Database, readMeta, writeMeta } from '../state/database.ts';

/** The tags by which people look for a run, kept beside it: those of the cluster of its first task. */
export interface RunLabels {
  readonly tag_team: string | null;
  readonly tag_dag: string | null;
  readonly tag_dag_run: string | null;
  readonly tag_task: string | null;
  readonly tag_environment: string | null;
  readonly tag_version: string | null;
}

const TAGS = ['team', 'dag', 'dag_run', 'task', 'environment', 'version'];

const LABEL = `UPDATE runs SET (${TAGS.map((tag) => `tag_${tag}`).join(', ')}) = (
  SELECT ${TAGS.map((tag) => `CAST(json_extract(t.request, '$.evaluated.spec.custom_tags.${tag}') AS TEXT)`).join(', ')}
  FROM task_runs t WHERE t.parent = runs.run_id ORDER BY t.position, t.attempt LIMIT 1)`;

/** Fills in the labels of a run whose tasks are stored. */
export function labelRun(db: Database, runId: bigint): void {
  db.run(`${LABEL} WHERE run_id = ?`, runId);
}

/** Labels the runs of a database that was made before runs had labels. Cheap when it was done. */
export function labelOldRuns(db: Database): void {
  if (readMeta(db, 'runs_are_labelled') !== undefined) return;
  db.transaction(() => {
    db.run(LABEL);
    writeMeta(db, 'runs_are_labelled', 'yes');
  });
}
