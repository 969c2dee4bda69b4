import type { Clock } from '../../core/clock.ts';
import { stringifyJson } from '../../core/json.ts';
import { insertRun } from '../jobs/new-run.ts';
import { startJob } from '../jobs/run-now.ts';
import { brokenTask } from '../jobs/run-state.ts';
import { endRun, endTask, tasksOf } from '../jobs/runs.ts';
import { dueJobs, type JobRecord, nextDue, scheduleNext, settingsOf } from '../jobs/saved-jobs.ts';
import type { SubmitOptions } from '../jobs/submit.ts';
import { parseTasks } from '../jobs/task-request.ts';
import { fieldsOf } from '../wire/fields.ts';

/** Starts saved jobs at their times. */
export interface JobTimer {
  /** Begins. What fell due while no server ran is not made up for. */
  begin(): void;
  /** Looks again which job is next. */
  wake(): void;
}

type TimerOptions = Omit<SubmitOptions, 'now'> & { readonly clock: Clock };

// Also the longest wait, so that a clock that was set is noticed.
const LONGEST_SLEEP_MS = 60_000;

export function jobTimer(
  options: TimerOptions,
  signal: AbortSignal,
  start: (runId: bigint) => void,
): JobTimer {
  const { db, clock } = options;
  let woken = new AbortController();
  const carry = async (): Promise<void> => {
    while (!signal.aborted) {
      woken = new AbortController();
      const wait = fireDue(options, start);
      await sleepOrWake(clock, wait, AbortSignal.any([signal, woken.signal]));
    }
  };
  return {
    begin: () => {
      for (const job of dueJobs(db, clock.now())) scheduleNext(db, job, clock.now());
      carry();
    },
    wake: () => woken.abort(),
  };
}

/** Starts what is due; answers how long to wait then, undefined when no job starts by itself. */
function fireDue(options: TimerOptions, start: (runId: bigint) => void): number | undefined {
  const { db, clock } = options;
  try {
    for (const job of dueJobs(db, clock.now())) fire(job, options, start);
    const due = nextDue(db);
    if (due === undefined) return undefined;
    return Math.min(Math.max(0, due - clock.now().getTime()), LONGEST_SLEEP_MS);
  } catch {
    // A disk that is full now may not be so later.
    return LONGEST_SLEEP_MS;
  }
}

async function sleepOrWake(clock: Clock, wait: number | undefined, signal: AbortSignal): Promise<void> {
  if (wait !== undefined) await clock.sleep(wait, signal).catch(() => undefined);
  else if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** One start that fell due. A job that is refused leaves a run that says why. */
function fire(job: JobRecord, options: TimerOptions, start: (runId: bigint) => void): void {
  const now = options.clock.now();
  scheduleNext(options.db, job, now);
  const begin = { creator: job.run_as, trigger: 'PERIODIC', overrides: {} } as const;
  try {
    start(startJob(job, begin, { ...options, now }).runId);
  } catch (error) {
    storeRefused(job, options, now, (error as Error).message);
  }
}

function storeRefused(job: JobRecord, { db, firstRunId }: TimerOptions, now: Date, reason: string): void {
  const settings = settingsOf(job);
  const ending = brokenTask('INVALID_CLUSTER_REQUEST', 'CLIENT_ERROR', reason);
  db.transaction(() => {
    const run = {
      name: job.name,
      creator: job.run_as,
      runAs: job.run_as,
      request: stringifyJson(settings),
      timeoutSeconds: 0,
      tasks: parseTasks(fieldsOf(settings)).map((task) => ({
        ...task,
        evaluated: { spec: task.newCluster, sources: {}, violations: [] },
      })),
      of: {
        jobId: job.job_id,
        trigger: 'PERIODIC' as const,
        overrides: '{}',
        maxConcurrentRuns: Number.MAX_SAFE_INTEGER,
        isQueued: false,
      },
    };
    const { runId } = insertRun(db, run, now, firstRunId);
    for (const task of tasksOf(db, runId)) endTask(db, task.run_id, ending, now);
    endRun(db, runId, undefined, now);
  });
}
