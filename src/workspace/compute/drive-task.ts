import { endGroup, sweepGroup } from '../../core/process-group.ts';
import { identityOf } from '../identity/users.ts';
import { brokenTask, type Ending } from '../jobs/run-state.ts';
import { runAsOf, type TaskRecord, updateTask } from '../jobs/runs.ts';
import { secretProblems, withSecrets } from '../secrets/secret-values.ts';
import { clusterById, clusterRuns, effectiveSpec, environmentVariables } from './clusters.ts';
import type { Compute } from './compute.ts';
import { type Driver, type DriverFolder, outcomeOf, startDriver } from './driver.ts';
import { keepLogBelow } from './driver-log.ts';
import type { Attempt, Prepared } from './prepare-task.ts';
import { planSandbox, writeSandboxPlan } from './sandbox.ts';
import { reachSpark, sparkVariables } from './spark-access.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Runs what was prepared, and waits for its end. */
export async function driveTask(
  compute: Compute,
  { run, task, folder, clusterId }: Attempt,
  { files, environment }: Prepared,
  signal: AbortSignal,
): Promise<Ending> {
  const cluster = clusterById(compute.db, clusterId);
  const spec = cluster === undefined ? {} : effectiveSpec(cluster);
  const who = identityOf(compute.db, runAsOf(run));
  const own = environmentVariables(spec);
  const [problem] = secretProblems(compute.db, who, Object.values(own));
  if (problem !== undefined)
    return brokenTask('CLUSTER_ERROR', 'CLIENT_ERROR', `Cluster ${clusterId} could not start: ${problem}`);
  clusterRuns(compute.db, clusterId);
  const isSparkMentioned = files.mentionsSpark || environment.mentionsSpark;
  const reached = reachSpark(compute, isSparkMentioned, own, who.userName, folder);
  const spark = await unlessAborted(reached, signal);
  const driver = startDriver({
    folder,
    ...environment,
    work: files.work,
    sandbox: writeSandboxPlan(planSandbox(compute, folder, environment, spark.modules, own), folder),
    leashed: compute.leashed,
    machine: compute.machine,
    variables: {
      ...withSecrets(compute, who, own),
      ...sparkVariables(spark),
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
