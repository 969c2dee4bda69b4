import { ConfigError } from '../../../core/errors.ts';
import { stateWord } from '../../../databricks/runs/run-state.ts';
import { type AttemptEnd, endedAttempt, successOf } from '../attempt/attempt-end.ts';
import { endRemoteRun } from '../attempt/end-remote-run.ts';
import { isAlive, thisProcess } from '../record/driver-process.ts';
import {
  type Attempt,
  finishedStates,
  lastAttempt,
  type RunRecord,
  type TaskRecord,
} from '../record/run-record.ts';
import type { Workbench } from '../workbench.ts';

/** What became of a cancelled DAG run. */
export interface CancelOutcome {
  readonly record: RunRecord;
  /** Databricks runs whose end is not confirmed. */
  readonly unconfirmed: readonly string[];
}

const DRIVER_LIMIT_MS = 90_000;
const POLL_MS = 100;

/** What ending a DAG run needs. */
type CancelBench = Omit<Workbench, 'emit'>;

/** Says what is being done, for a person. */
type Note = (message: string) => void;

/**
 * Ends a DAG run: asks the process that drives it to cancel everything, or does so itself when that process is gone.
 */
export async function cancelRun(record: RunRecord, bench: CancelBench, note: Note): Promise<CancelOutcome> {
  if (record.state !== 'running') return { record, unconfirmed: [] };
  if (isAlive(record.driver)) return askDriver(record, bench, note);
  const { store, clock } = bench;
  const claimed = await store.claim(record.dagId, record.runId, (current = record) => {
    if (current.state !== 'running' || !isAlive(current.driver)) return { ...current, driver: thisProcess() };
    throw new ConfigError(
      `Cannot cancel run ${record.runId} of ${record.dagId}: another process has taken it`,
      {
        code: 'HERMES_RUN_BUSY',
        facts: { process: current.driver.pid },
        nextStep: 'Cancel it again.',
      },
    );
  });
  const tasks = await Promise.all(claimed.tasks.map((task) => cancelTask(task, bench, note)));
  const closed: RunRecord = {
    ...claimed,
    state: 'failed',
    ended: 'canceled',
    endedAt: clock.now().toISOString(),
    tasks,
  };
  await store.write(closed);
  return { record: closed, unconfirmed: unconfirmedRuns(closed) };
}

/** The driver treats the signal as it does Ctrl-C, but for the words: it cancels, waits and writes the record. */
async function askDriver(record: RunRecord, bench: CancelBench, note: Note): Promise<CancelOutcome> {
  const { clock, store, signal } = bench;
  note(`asking process ${record.driver.pid}, which drives the run, to end it …`);
  process.kill(record.driver.pid, 'SIGTERM');
  for (let waited = 0; waited < DRIVER_LIMIT_MS; waited += POLL_MS) {
    const current = (await store.read(record.dagId, record.runId)) ?? record;
    if (current.state !== 'running') return { record: current, unconfirmed: unconfirmedRuns(current) };
    if (!isAlive(current.driver)) return cancelRun(current, bench, note);
    await clock.sleep(POLL_MS, signal);
  }
  return { record, unconfirmed: record.tasks.flatMap(openRun) };
}

function unconfirmedRuns(record: RunRecord): readonly string[] {
  return record.tasks.flatMap((task) => {
    const attempt = lastAttempt(task);
    return attempt?.unconfirmed === true ? [attempt.runId ?? `of task ${task.taskId}`] : [];
  });
}

async function cancelTask(task: TaskRecord, bench: CancelBench, note: Note): Promise<TaskRecord> {
  const attempt = lastAttempt(task);
  const error = { message: 'cancelled by hermes runs cancel', actor: 'user', kind: 'canceled' } as const;
  if (attempt !== undefined && (attempt.endedAt === undefined || attempt.unconfirmed === true)) {
    const end = await endAttempt(attempt, bench, note);
    const isDone = end.run !== undefined && successOf(end.run) !== undefined;
    const closed = endedAttempt(attempt, isDone ? end : { ...end, error }, bench.clock.now());
    const attempts = task.attempts.map((each) => (each === attempt ? closed : each));
    return { ...task, state: isDone ? 'success' : 'failed', attempts };
  }
  if (task.state === 'up_for_retry') {
    const { retryAt: _over, ...rest } = task;
    return { ...rest, state: 'failed', retryEnded: 'canceled' };
  }
  const isOpen = !finishedStates.has(task.state) && task.state !== 'none';
  return isOpen ? { ...task, state: 'failed' } : task;
}

/** Ends the run of an attempt. When nobody has learnt its id, the token finds the run that a submit may have started. */
async function endAttempt(attempt: Attempt, bench: CancelBench, note: Note): Promise<AttemptEnd> {
  try {
    const runId = attempt.runId ?? (await bench.databricks.jobs.submitRun(attempt.payload));
    const run = await endRemoteRun(bench, runId, note);
    if (run === undefined) return { isUnconfirmed: true };
    note(`run ${runId} has ended: ${stateWord(run.state)}`);
    return { run };
  } catch (error) {
    // What the workspace refuses has not become a run.
    if (error instanceof ConfigError) return {};
    note(`a run may still be going: ${error instanceof Error ? error.message : String(error)}`);
    return { isUnconfirmed: true };
  }
}

function openRun(task: TaskRecord): readonly string[] {
  const attempt = lastAttempt(task);
  return attempt?.endedAt === undefined && attempt?.runId !== undefined ? [attempt.runId] : [];
}
