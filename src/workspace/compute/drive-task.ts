import { identityOf } from '../identity/users.ts';
import { brokenTask, type Ending } from '../jobs/run-state.ts';
import { runAsOf, updateTask } from '../jobs/runs.ts';
import { secretProblems, withSecrets } from '../secrets/secret-values.ts';
import { clusterById, clusterRuns, effectiveSpec, environmentVariables } from './clusters.ts';
import type { Compute } from './compute.ts';
import { startDriver } from './driver.ts';
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
  const guard = compute.guards(task.run_id, false);
  await guard.hold(driver.pid);
  driver.go();
  return watchDriver(compute, { task, folder, driver, guard }, signal);
}
