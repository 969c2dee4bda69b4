import type { Identity } from '../identity/users.ts';
import { isTerminal } from '../jobs/run-state.ts';
import {
  lastAttempts,
  type RunRecord,
  requestOf,
  type TaskRecord,
  taskLives,
  tasksOf,
} from '../jobs/runs.ts';
import type { Database } from '../state/database.ts';
import { tasksOfDagRun } from './dag-runs.ts';
import type { LabelledRun } from './run-search.ts';
import { stateOfRun } from './run-state-words.ts';
import { stateWords } from './words.ts';

/** The task to look at first: one that failed, else one that is going, else the last to end. */
export function tellingTask(attempts: readonly TaskRecord[]): TaskRecord | undefined {
  const tasks = lastAttempts(attempts);
  const failed = tasks.find(({ result }) => result === 'FAILED' || result === 'TIMEDOUT');
  const going = tasks.find(({ life }) => !isTerminal(life) && life !== 'BLOCKED' && life !== 'QUEUED');
  const byEnd = tasks.toSorted((a, b) => (b.ended_at ?? 0) - (a.ended_at ?? 0));
  return failed ?? going ?? byEnd[0];
}

/** A run of several tasks as a whole, which is not what the page of one of them is about; undefined for a run of one task. */
export function wholeOf(db: Database, run: RunRecord) {
  const isOne = lastAttempts(taskLives(db, run.run_id)).length < 2;
  if (isOne) return undefined;
  return { ...stateOfRun(db, run), url: `/jobs/${run.job_id}/runs/${run.run_id}` };
}

/** The tasks of a run and their attempts; none for a run of one task that was tried once. */
export function siblingsOf(db: Database, run: RunRecord, task: TaskRecord) {
  const attempts = tasksOf(db, run.run_id);
  if (attempts.length < 2) return [];
  const last = lastAttempts(attempts);
  return attempts.map((other) => ({
    ...stateWords(other.life, other.result),
    ...attemptName(other, last),
    after: requestOf(other).dependsOn.join(', '),
    attempt: other.attempt + 1,
    isRetried: !last.includes(other) || other.attempt > 0,
    url: `/jobs/${run.job_id}/runs/${other.run_id}`,
    isHere: other.run_id === task.run_id,
  }));
}

/** Attempts of the only task of a run need no name of the task. */
function attemptName(other: TaskRecord, last: readonly TaskRecord[]) {
  const attempt = `attempt ${other.attempt + 1}`;
  if (last.length < 2) return { name: attempt };
  const isRetried = !last.includes(other) || other.attempt > 0;
  return { name: other.task_key, ...(isRetried ? { note: attempt } : {}) };
}

/** The runs by which a task of a DAG run was tried, the first first; none when it was tried once. */
export function triesOf(db: Database, run: LabelledRun, who: Identity) {
  const { tag_dag: dag, tag_dag_run: dagRun, tag_environment: environment } = run;
  if (dag === null || dagRun === null) return [];
  const runs = tasksOfDagRun(db, who, { dag, dagRun, environment }).get(run.tag_task ?? run.name) ?? [];
  if (runs.length < 2) return [];
  return runs.map((other, index) => ({
    ...stateOfRun(db, other),
    number: index + 1,
    url: `/jobs/${other.job_id}/runs/${other.run_id}`,
    isHere: other.run_id === run.run_id,
  }));
}
