import type { Clock } from '../../core/clock.ts';
import { isAlive } from '../../engines/local/record/driver-process.ts';
import {
  type Attempt,
  finishedStates,
  lastAttempt,
  type RunRecord,
  type TaskRecord,
} from '../../engines/local/record/run-record.ts';
import { secondsText } from './run-lines.ts';

/** A DAG run whose logs are followed from one Databricks run to the next. */
export interface FollowedRun {
  readonly record: RunRecord;
  /** Only this task; absent = whichever runs. */
  readonly taskId?: string;
  /** The Databricks run to begin with. */
  readonly firstRunId: string;
}

/** How logs are followed. */
export interface FollowingLogs {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The record as it stands. */
  readonly read: () => Promise<RunRecord>;
  /** Prints the log of one Databricks run until that ends. */
  readonly follow: (runId: string) => Promise<void>;
  readonly note: (line: string) => void;
}

const PERIOD_MS = 200;

/**
 * Follows the logs of a DAG run, or of a task in it, attempt by attempt until nothing more can come. Of tasks that run
 * at the same time one log comes after the other. What had ended before is left out, but for the run to begin with.
 */
export async function followAttempts(
  { record: first, taskId, firstRunId }: FollowedRun,
  { clock, signal, read, follow, note }: FollowingLogs,
): Promise<void> {
  const seen = new Set(
    attemptsOf(first, taskId).flatMap(([, { runId, endedAt }]) => (endedAt ? [runId] : [])),
  );
  seen.add(firstRunId);
  await follow(firstRunId);
  const told = new Set<string>();
  for (;;) {
    const record = await read();
    const next = attemptsOf(record, taskId).find(([, { runId }]) => runId !== undefined && !seen.has(runId));
    if (next?.[1].runId !== undefined) {
      const [task, { number, runId }] = next;
      note(`Task ${task.taskId}, attempt ${number}: run ${runId}`);
      seen.add(runId);
      await follow(runId);
      continue;
    }
    if (isOver(record, taskId)) return;
    for (const line of waits(record, taskId, clock.now(), told)) note(line);
    await clock.sleep(PERIOD_MS, signal);
  }
}

/** In the order in which they were sent. */
function attemptsOf(
  record: RunRecord,
  taskId: string | undefined,
): readonly (readonly [TaskRecord, Attempt])[] {
  return chosen(record, taskId)
    .flatMap((task) => task.attempts.map((attempt) => [task, attempt] as const))
    .sort(([, a], [, b]) => (a.queuedAt < b.queuedAt ? -1 : 1));
}

function chosen(record: RunRecord, taskId: string | undefined): readonly TaskRecord[] {
  return record.tasks.filter((task) => task.taskId === (taskId ?? task.taskId));
}

/** Whether no further attempt can come: the tasks or the run are at their end, or nobody drives it. */
function isOver(record: RunRecord, taskId: string | undefined): boolean {
  const areDone = chosen(record, taskId).every(({ state }) => finishedStates.has(state));
  return areDone || record.state !== 'running' || !isAlive(record.driver);
}

/** What is said once of each wait for another attempt: a log that stands still looks stuck. */
function waits(
  record: RunRecord,
  taskId: string | undefined,
  now: Date,
  told: Set<string>,
): readonly string[] {
  return chosen(record, taskId).flatMap((task) => {
    const attempt = lastAttempt(task);
    const key = `${task.taskId}/${attempt?.number}`;
    if (task.state !== 'up_for_retry' || attempt === undefined || told.has(key)) return [];
    told.add(key);
    const rest = secondsText(Math.max(0, Date.parse(task.retryAt ?? '') - now.getTime()));
    return [
      `Task ${task.taskId} failed; attempt ${attempt.number + 1} of ${task.retries + 1} comes in ${rest}.`,
    ];
  });
}
