import { printableLine } from '../../core/printable.ts';
import type { Database } from '../state/database.ts';
import { dagRunUrl } from './page-urls.ts';
import type { LabelledRun } from './run-search.ts';
import { stateOfRun } from './run-state-words.ts';
import { durationWords, shortWords, timeWords } from './words.ts';

/** Runs as the rows of a list. `now`: epoch milliseconds. */
export function runRows(db: Database, runs: readonly LabelledRun[], now: number) {
  return runs.map((run) => {
    const state = stateOfRun(db, run);
    return {
      ...state,
      short: shortWords(state),
      url: `/jobs/${run.job_id}/runs/${run.run_id}`,
      runId: String(run.run_id),
      name: printableLine(run.name),
      creator: printableLine(run.creator),
      ...labelsOf(run),
      ...dagRunLink(run),
      submitted: timeWords(run.submitted),
      submittedAt: new Date(run.submitted).toISOString(),
      duration: durationWords((run.ended ?? now) - run.submitted),
    };
  });
}

function labelsOf(run: LabelledRun) {
  const label = (text: string | null): string => (text === null ? '' : printableLine(text));
  return {
    team: label(run.tag_team),
    dagRun: label(run.tag_dag_run),
    version: label(run.tag_version),
    environment: label(run.tag_environment),
    isProduction: run.tag_environment === 'prod',
  };
}

function dagRunLink(run: LabelledRun) {
  if (run.tag_dag === null || run.tag_dag_run === null) return {};
  return {
    dagRunUrl: dagRunUrl(run.tag_dag, run.tag_dag_run, run.tag_environment),
  };
}
