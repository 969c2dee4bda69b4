import { endGroup, sweepGroup } from '../../core/process-group.ts';
import type { Ending } from '../jobs/run-state.ts';
import { type TaskRecord, updateTask } from '../jobs/runs.ts';
import { clusterEnds } from './clusters.ts';
import type { Compute } from './compute.ts';
import { type AdoptedDriver, type DriverFolder, type Exit, outcomeOf } from './driver.ts';
import { keepLogBelow } from './driver-log.ts';
import type { DriverGuard } from './limits/driver-guard.ts';
import { unlessAborted } from './unless-aborted.ts';

/** A driver that runs. */
export interface Watched {
  readonly task: TaskRecord;
  readonly folder: DriverFolder;
  readonly driver: AdoptedDriver;
  readonly guard: DriverGuard;
}

/** Waits for the driver's end, or ends it; nothing that it started in its group is left afterwards. */
export async function watchDriver(
  compute: Compute,
  { task, folder, driver, guard }: Watched,
  signal: AbortSignal,
): Promise<Ending> {
  const over = new AbortController();
  const capping = keepLogBelow(folder.log, compute.logCapBytes, compute.pace, over.signal);
  const guarding = guard.watch(driver.pid, over.signal);
  const terminating = (): void => sayTerminating(compute, task);
  try {
    const exit = await unlessAborted(driver.exited, signal);
    terminating();
    sweepGroup(driver.pid);
    const ending = outcomeOf(folder, exit);
    return wasKilled(ending, exit) ? (guard.ending() ?? ending) : ending;
  } catch (error) {
    terminating();
    await endGroup(driver.pid, compute.pace, compute.graceMs);
    throw error;
  } finally {
    over.abort();
    await Promise.all([capping, guarding]);
    await guard.end();
  }
}

/** A disk that is full must not change how the task ended: its state is only shown a little later. */
function sayTerminating({ db, clock }: Compute, task: TaskRecord): void {
  try {
    updateTask(db, task.run_id, { life: 'TERMINATING', ending_at: clock.now().getTime() });
    if (task.cluster_id !== null) clusterEnds(db, task.cluster_id);
  } catch {
    // The ending itself is stored as soon as there is room.
  }
}

function wasKilled(ending: Ending, exit: Exit): boolean {
  return ending.result !== 'SUCCESS' && (exit.signal === 'SIGKILL' || exit.lost === true);
}
