import { readFileSync } from 'node:fs';
import type { Clock } from '../../../core/clock.ts';
import { linuxProcesses } from '../../../core/linux-process.ts';
import { processIdentity } from '../../../core/process-group.ts';
import type { InstanceWorker } from './instance-state.ts';

const POLL_MS = 100;
const LIMIT_MS = 15_000;

// https://github.com/apache/airflow/blob/3.3.2/airflow-core/src/airflow/executors/local_executor.py
const TITLE = 'airflow worker -- LocalExecutor';

/**
 * The processes that take tasks for a scheduler, which it starts all at once and which stay as long as it does. One that
 * is killed while it waits for a task takes the lock of the queue with it: no other ever gets a task again, those that
 * the scheduler puts in its place included. So it is known by name who belongs to it.
 * @param wanted How many there are; waited for a moment
 * @returns none where a system does not tell of its processes
 */
export async function executorWorkers(
  scheduler: number,
  wanted: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly InstanceWorker[]> {
  if (process.platform !== 'linux') return [];
  for (let waited = 0; ; waited += POLL_MS) {
    const found = workersOf(scheduler);
    if (found.length >= wanted || waited >= LIMIT_MS) return found;
    await clock.sleep(POLL_MS, signal);
  }
}

/** A task that a worker runs is a child of the worker. */
function workersOf(scheduler: number): readonly InstanceWorker[] {
  return linuxProcesses()
    .filter(({ pid, parent }) => parent === scheduler && isWorker(pid))
    .flatMap(({ pid }) => {
      const identity = processIdentity(pid);
      return identity === undefined ? [] : [{ pid, identity }];
    });
}

function isWorker(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(TITLE);
  } catch {
    return false;
  }
}
