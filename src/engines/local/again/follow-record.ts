import type { Clock } from '../../../core/clock.ts';
import { stringifyJson } from '../../../core/json.ts';
import { type DriverProcess, isAlive } from '../record/driver-process.ts';
import type { RunEvent } from '../record/run-event.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { RunStore } from '../record/run-store.ts';

/** Reading a small file of this machine, so often is cheap. */
const PERIOD_MS = 200;

/**
 * Tells what becomes of a DAG run that another process drives, by its record on disk. Answers the last record: still
 * `running` when nobody drives the run any more.
 */
export async function followRecord(
  first: RunRecord,
  store: Pick<RunStore, 'read'>,
  how: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly emit: (event: RunEvent) => void;
  },
): Promise<RunRecord> {
  how.emit({ type: 'started', record: first, resumed: false });
  let record = first;
  let seen = new Map<string, string>();
  for (;;) {
    seen = emitChanges(record, seen, how.emit);
    if (record.state !== 'running') {
      how.emit({ type: 'ended', record });
      return record;
    }
    // Asked before the record is read: its end may have been written in between.
    const isDriven = isAlive(record.driver);
    if (isDriven) await how.clock.sleep(PERIOD_MS, how.signal);
    const next = (await store.read(first.dagId, first.runId)) ?? record;
    const isLost = !isDriven && next.state === 'running' && isSame(next.driver, record.driver);
    record = next;
    if (isLost) {
      emitChanges(record, seen, how.emit);
      return record;
    }
  }
}

function isSame(one: DriverProcess, other: DriverProcess): boolean {
  return one.pid === other.pid && one.startedAt === other.startedAt;
}

function emitChanges(
  record: RunRecord,
  seen: ReadonlyMap<string, string>,
  emit: (event: RunEvent) => void,
): Map<string, string> {
  const pictures = new Map(record.tasks.map((task) => [task.taskId, stringifyJson(task)]));
  for (const task of record.tasks) {
    const isUntouched = task.state === 'none' && !seen.has(task.taskId);
    if (!isUntouched && pictures.get(task.taskId) !== seen.get(task.taskId))
      emit({ type: 'task', task, record });
  }
  return pictures;
}
