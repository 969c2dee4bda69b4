import { lifeOfRun } from '../jobs/run-state.ts';
import { lastAttempts, type RunRecord, requestOf, tasksOf } from '../jobs/runs.ts';
import type { Database } from '../state/database.ts';
import { isObject } from '../wire/fields.ts';
import { durationWords, stateWords, timeWords } from './words.ts';

/** The rows of the page of recent runs. */
export function homeRows(db: Database, runs: readonly RunRecord[], now: number) {
  return runs.map((run) => {
    const tasks = lastAttempts(tasksOf(db, run.run_id));
    const life = run.life ?? lifeOfRun(tasks.map((task) => task.life));
    const tags = tasks[0] === undefined ? {} : requestOf(tasks[0]).evaluated.spec.custom_tags;
    return {
      ...stateWords(life, run.result, run.intent === 'cancel' ? run.intent_by : null),
      url: `/jobs/${run.job_id}/runs/${run.run_id}`,
      runId: String(run.run_id),
      name: run.name,
      team: isObject(tags) ? tags.team : undefined,
      version: isObject(tags) ? tags.version : undefined,
      submitted: timeWords(run.submitted),
      duration: durationWords((run.ended ?? now) - run.submitted),
    };
  });
}
