import { ConfigError } from '../../core/errors.ts';
import { endGroup, sweepGroup } from '../../core/process-group.ts';
import { brokenTask, type Ending, failureOfOurs, timedOut } from '../jobs/run-state.ts';
import { type RunRecord, requestOf, type TaskRecord, updateTask } from '../jobs/runs.ts';
import type { PlannedTask } from '../jobs/task-request.ts';
import { parametersOf } from '../jobs/task-work.ts';
import {
  clusterById,
  clusterEnded,
  clusterEnds,
  clusterRuns,
  createCluster,
  effectiveSpec,
  environmentVariables,
} from './clusters.ts';
import type { Compute } from './compute.ts';
import {
  adoptDriver,
  type Driver,
  type DriverFolder,
  driverFolder,
  outcomeOf,
  startDriver,
  tidyDriverFolder,
} from './driver.ts';
import { keepLogBelow } from './driver-log.ts';
import { LibraryInstallationError, type PythonEnvironment } from './python-environment.ts';
import { fileReader, libraryFailure, readTaskFiles, type TaskFiles } from './task-files.ts';

/** The reason with which a task's signal is aborted: how the task is going to end. */
export class TaskInterruption extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(ending.message);
    this.ending = ending;
  }
}

/** Runs one attempt of a task from cluster to end, and answers how it ended. Rejects only when the workspace itself failed. */
export async function executeTask(
  compute: Compute,
  run: RunRecord,
  task: TaskRecord,
  signal: AbortSignal,
): Promise<Ending> {
  const request = requestOf(task);
  const { db, clock, staging } = compute;
  const early = await staging?.queue(run, task, signal).then(
    () => undefined,
    () => endingOf(signal.reason),
  );
  if (early !== undefined) return early;
  const clusterId = clusterFor(compute, run, task, request);
  updateTask(db, task.run_id, {
    life: 'PENDING',
    cluster_id: clusterId || null,
    pending_at: clock.now().getTime(),
  });
  const folder = driverFolder(compute.folder, task.run_id);
  const ending = await withTimeout(compute, request, signal, async (limited) => {
    const staged = await staging?.play(run, task, clusterId, limited);
    if (staged !== undefined) return staged;
    const prepared = await prepare(compute, task, request, folder, clusterId, limited);
    return 'result' in prepared
      ? prepared
      : drive(compute, task, request, folder, clusterId, prepared, limited);
  });
  return finish(compute, clusterId, folder, ending);
}

/** The id of a new cluster for a task; empty for a serverless one, which has none. */
function clusterFor(compute: Compute, run: RunRecord, task: TaskRecord, request: PlannedTask): string {
  if (request.isServerless) return '';
  const owner = {
    taskRunId: task.run_id,
    jobId: run.job_id,
    runId: run.run_id,
    taskKey: task.task_key,
    creator: run.creator,
  };
  return createCluster(compute.db, request.newCluster, request.evaluated, owner, compute.clock.now());
}

/** Goes on with a task whose driver an earlier server started; undefined when nothing is left of it. */
export async function resumeTask(compute: Compute, task: TaskRecord, signal: AbortSignal): Promise<Ending> {
  const folder = driverFolder(compute.folder, task.run_id);
  const lost = { code: null, signal: null, lost: true } as const;
  const ending = await withTimeout(compute, requestOf(task), signal, async (limited) => {
    const driver = adoptDriver(task.pid ?? 0, task.process, compute.pace, limited);
    return driver === undefined ? outcomeOf(folder, lost) : watch(compute, task, folder, driver, limited);
  });
  return finish(compute, task.cluster_id ?? '', folder, ending);
}

interface Prepared {
  readonly files: TaskFiles;
  readonly environment: PythonEnvironment;
}

async function prepare(
  compute: Compute,
  task: TaskRecord,
  request: PlannedTask,
  folder: DriverFolder,
  clusterId: string,
  signal: AbortSignal,
): Promise<Prepared | Ending> {
  const read = fileReader(compute.readObject, signal);
  const files = await unlessAborted(readTaskFiles(request, folder, clusterId, read), signal);
  if ('result' in files) return files;
  const now = compute.clock.now().getTime();
  updateTask(compute.db, task.run_id, { libraries_at: now, artifacts: JSON.stringify(files.artifacts) });
  try {
    const ready = compute.python().then((python) => compute.environments.prepare(python, files.wheels));
    return { files, environment: await unlessAborted(ready, signal) };
  } catch (error) {
    if (error instanceof LibraryInstallationError)
      return libraryFailure(
        files.wheels.map(({ location }) => location).join('", "'),
        clusterId,
        error.message,
      );
    if (error instanceof ConfigError)
      return brokenTask(
        'CLUSTER_ERROR',
        'CLIENT_ERROR',
        `Cluster ${clusterId} could not start: ${error.message} ${error.nextStep ?? ''}`,
      );
    throw error;
  }
}

async function drive(
  compute: Compute,
  task: TaskRecord,
  request: PlannedTask,
  folder: DriverFolder,
  clusterId: string,
  { files, environment }: Prepared,
  signal: AbortSignal,
): Promise<Ending> {
  const cluster = clusterById(compute.db, clusterId);
  const spec = cluster === undefined ? {} : effectiveSpec(cluster);
  clusterRuns(compute.db, clusterId);
  const driver = startDriver({
    folder,
    ...environment,
    script: files.script,
    parameters: parametersOf(request.work),
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
  return watch(compute, task, folder, driver, signal);
}

/** Waits for the driver's end, or ends it; nothing of its process group is left afterwards. */
async function watch(
  compute: Compute,
  task: TaskRecord,
  folder: DriverFolder,
  driver: Driver,
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

function finish(compute: Compute, clusterId: string, folder: DriverFolder, ending: Ending): Ending {
  const now = compute.clock.now();
  const failedToStart = ending.code === 'CLUSTER_ERROR';
  const stopped = ending.result === 'CANCELED' || ending.result === 'TIMEDOUT';
  clusterEnds(compute.db, clusterId);
  clusterEnded(
    compute.db,
    clusterId,
    failedToStart ? 'CLOUD_PROVIDER_LAUNCH_FAILURE' : stopped ? 'USER_REQUEST' : 'JOB_FINISHED',
    now,
  );
  tidyDriverFolder(folder);
  return ending;
}

/** Runs the work under the task's own timeout; an interruption becomes the ending that it carries. */
async function withTimeout(
  { clock }: Compute,
  request: PlannedTask,
  signal: AbortSignal,
  work: (limited: AbortSignal) => Promise<Ending>,
): Promise<Ending> {
  const limit = new AbortController();
  const limited = AbortSignal.any([signal, limit.signal]);
  const over = new AbortController();
  if (request.timeoutSeconds > 0) {
    const text = `Task ${request.taskKey} timed out: it ran longer than ${request.timeoutSeconds} seconds.`;
    clock.sleep(request.timeoutSeconds * 1_000, over.signal).then(
      () => limit.abort(new TaskInterruption(timedOut(text))),
      () => undefined,
    );
  }
  try {
    return await work(limited);
  } catch (error) {
    return endingOf(limited.aborted ? limited.reason : error);
  } finally {
    over.abort();
  }
}

function endingOf(reason: unknown): Ending {
  return reason instanceof TaskInterruption ? reason.ending : failureOfOurs(reason);
}

/** The promise's answer, or the signal's reason, whichever comes first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, aborted]);
}
