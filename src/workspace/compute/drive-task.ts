import { endGroup, sweepGroup } from '../../core/process-group.ts';
import type { Ending } from '../jobs/run-state.ts';
import { type TaskRecord, updateTask } from '../jobs/runs.ts';
import { clusterById, clusterRuns, effectiveSpec, environmentVariables } from './clusters.ts';
import type { Compute } from './compute.ts';
import { type Driver, type DriverFolder, outcomeOf, startDriver } from './driver.ts';
import { keepLogBelow } from './driver-log.ts';
import type { Attempt, Prepared } from './prepare-task.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Runs what was prepared, and waits for its end. */
export async function driveTask(
  compute: Compute,
  { task, folder, clusterId }: Attempt,
  { files, environment }: Prepared,
  signal: AbortSignal,
): Promise<Ending> {
  const cluster = clusterById(compute.db, clusterId);
  const spec = cluster === undefined ? {} : effectiveSpec(cluster);
  clusterRuns(compute.db, clusterId);
  const driver = startDriver({
    folder,
    ...environment,
    work: files.work,
    leashed: compute.leashed,
    machine: compute.machine,
    variables: {
      ...environmentVariables(spec),
      DATABRICKS_RUNTIME_VERSION: /^[\d.]*\d/.exec(String(spec.spark_version))?.[0] ?? '',
      DB_CLUSTER_ID: clusterId,
      DB_CLUSTER_NAME: String(spec.cluster_name),
      DB_IS_DRIVER: 'TRUE',
      DB_IS_JOB_CLUSTER: 'TRUE',
    },
  });
  updateTask(compute.db, task.run_id, {
    life: 'RUNNING',
    running_at: compute.clock.now().getTime(),
    pid: driver.pid,
    process: driver.process ?? null,
  });
  driver.go();
  return watchDriver(compute, task, folder, driver, signal);
}

/** Waits for the driver's end, or ends it; nothing of its process group is left afterwards. */
export async function watchDriver(
  compute: Compute,
  task: TaskRecord,
  folder: DriverFolder,
  driver: Pick<Driver, 'pid' | 'exited'>,
  signal: AbortSignal,
): Promise<Ending> {
  const over = new AbortController();
  const capping = keepLogBelow(folder.log, compute.logCapBytes, compute.pace, over.signal);
  const terminating = (): void =>
    updateTask(compute.db, task.run_id, { life: 'TERMINATING', ending_at: compute.clock.now().getTime() });
  try {
    const exit = await unlessAborted(driver.exited, signal);
    terminating();
    sweepGroup(driver.pid);
    return outcomeOf(folder, exit);
  } catch (error) {
    terminating();
    await endGroup(driver.pid, compute.pace, compute.graceMs);
    throw error;
  } finally {
    over.abort();
    await capping;
  }
}
