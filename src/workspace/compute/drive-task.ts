import type { JsonObject } from '../../core/json.ts';
import { sweepGroup } from '../../core/process-group.ts';
import { identityOf } from '../identity/users.ts';
import { brokenTask, type Ending } from '../jobs/run-state.ts';
import { runAsOf, type TaskRecord, updateTask } from '../jobs/runs.ts';
import { secretProblems, withSecrets } from '../secrets/secret-values.ts';
import { clusterById, clusterRuns, effectiveSpec, environmentVariables } from './clusters.ts';
import type { Compute } from './compute.ts';
import { type Driver, startDriver } from './driver.ts';
import type { DriverGuard } from './limits/driver-guard.ts';
import type { Attempt, Prepared } from './prepare-task.ts';
import { planSandbox, writeSandboxPlan } from './sandbox.ts';
import { reachSpark, sparkVariables } from './spark-access.ts';
import { unlessAborted } from './unless-aborted.ts';
import { watchDriver } from './watch-driver.ts';

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
      ...clusterVariables(clusterId, spec),
    },
  });
  const guard = compute.guards(task.run_id, false);
  await beginOnRecord(compute, task, driver, guard);
  return watchDriver(compute, { task, folder, driver, guard }, signal);
}

/** Lets a driver begin that is stored and held to its limits; otherwise it ends without having done anything. */
async function beginOnRecord(
  { db, clock }: Compute,
  task: TaskRecord,
  driver: Driver,
  guard: DriverGuard,
): Promise<void> {
  try {
    updateTask(db, task.run_id, {
      life: 'RUNNING',
      running_at: clock.now().getTime(),
      pid: driver.pid,
      process: driver.process ?? null,
    });
    await guard.hold(driver.pid);
  } catch (error) {
    sweepGroup(driver.pid);
    throw error;
  }
  driver.go();
}

/** What Databricks sets beside the cluster's own variables. */
function clusterVariables(clusterId: string, spec: JsonObject): Record<string, string> {
  return {
    DATABRICKS_RUNTIME_VERSION: /^[\d.]*\d/.exec(String(spec.spark_version))?.[0] ?? '',
    DB_CLUSTER_ID: clusterId,
    DB_CLUSTER_NAME: String(spec.cluster_name),
    DB_IS_DRIVER: 'TRUE',
    DB_IS_JOB_CLUSTER: 'TRUE',
  };
}
