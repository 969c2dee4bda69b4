import { stateWord } from '../../databricks/run-state.ts';
import { isAlive } from './driver-process.ts';
import { endRemoteRun } from './end-remote-run.ts';
import { type Attempt, finishedStates, lastAttempt, type RunRecord, type TaskRecord } from './run-record.ts';
import type { Workbench } from './workbench.ts';

/** What became of a cancelled DAG run. */
export interface CancelOutcome {
  readonly record: RunRecord;
  /** Databricks runs whose end is not confirmed. */
  readonly unconfirmed: readonly string[];
}

const DRIVER_LIMIT_MS = 90_000;
const POLL_MS = 100;

/**
 * Ends a DAG run: asks the process that drives it to cancel everything, or does so itself when that process is gone.
 * @param note What is being done, for a person.
 */
export async function cancelRun(
  record: RunRecord,
  bench: Omit<Workbench, 'emit'>,
  note: (message: string) => void,
): Promise<CancelOutcome> {
  if (record.state !== 'running') return { record, unconfirmed: [] };
  if (isAlive(record.driver)) return askDriver(record, bench, note);
  const ended = await Promise.all(record.tasks.map((task) => cancelTask(task, bench, note)));
  const endedAt = bench.clock.now().toISOString();
  const closed: RunRecord = { ...record, state: 'failed', endedAt, tasks: ended.map(({ task }) => task) };
  await bench.store.write(closed);
  return { record: closed, unconfirmed: ended.flatMap(({ unconfirmed }) => unconfirmed) };
}

/** The driver treats the signal as Ctrl-C: it cancels, waits and writes the record. */
async function askDriver(
  record: RunRecord,
  { clock, store, signal }: Omit<Workbench, 'emit'>,
  note: (message: string) => void,
): Promise<CancelOutcome> {
  note(`asking process ${record.driver.pid}, which drives the run, to end it …`);
  process.kill(record.driver.pid, 'SIGINT');
  for (let waited = 0; waited < DRIVER_LIMIT_MS; waited += POLL_MS) {
    const current = (await store.read(record.dagId, record.runId)) ?? record;
    if (current.state !== 'running') return { record: current, unconfirmed: [] };
    await clock.sleep(POLL_MS, signal);
  }
  const open = record.tasks.flatMap((task) => openRun(task) ?? []);
  return { record, unconfirmed: open };
}

async function cancelTask(
  task: TaskRecord,
  bench: Omit<Workbench, 'emit'>,
  note: (message: string) => void,
): Promise<{ task: TaskRecord; unconfirmed: readonly string[] }> {
  const runId = openRun(task);
  const isOpen = !finishedStates.has(task.state) && task.state !== 'none';
  if (runId === undefined) {
    return { task: isOpen ? closed(task, {}, bench.clock.now()) : task, unconfirmed: [] };
  }
  const run = await endRemoteRun(bench, runId, note);
  if (run === undefined) return { task: closed(task, {}, bench.clock.now()), unconfirmed: [runId] };
  note(`run ${runId} has ended: ${stateWord(run.state)}`);
  return { task: closed(task, { remoteState: stateWord(run.state) }, bench.clock.now()), unconfirmed: [] };
}

function openRun(task: TaskRecord): string | undefined {
  const attempt = lastAttempt(task);
  return attempt?.endedAt === undefined ? attempt?.runId : undefined;
}

function closed(task: TaskRecord, change: Partial<Attempt>, now: Date): TaskRecord {
  const error = { message: 'cancelled by hermes runs cancel', actor: 'user', kind: 'canceled' } as const;
  const attempts = task.attempts.map((attempt) =>
    attempt === lastAttempt(task) ? { ...attempt, ...change, endedAt: now.toISOString(), error } : attempt,
  );
  return { ...task, state: 'failed', attempts };
}
