import { lifeOfRun } from '../jobs/run-state.ts';
import { lastAttempts, type RunRecord, taskLives } from '../jobs/runs.ts';
import type { Database } from '../state/database.ts';
import { type StateWords, stateWords } from './words.ts';

/** The state of a run in words. */
export function stateOfRun(db: Database, run: RunRecord): StateWords {
  const life = run.life ?? lifeOfRun(lastAttempts(taskLives(db, run.run_id)).map((task) => task.life));
  return stateWords(life, run.result, run.intent === 'cancel' ? run.intent_by : null);
}
