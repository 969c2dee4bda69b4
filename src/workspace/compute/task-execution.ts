import { existsSync } from 'node:fs';
import { type Ending, failureOfOurs, timedOut } from '../jobs/run-state.ts';
import {
  endTask,
  type RunRecord,
  requestOf,
  runAsOf,
  type TaskRecord,
  taskById,
  updateTask,
} from '../jobs/runs.ts';
import type { PlannedTask } from '../jobs/task-request.ts';
import { clusterEnded, createCluster } from './clusters.ts';
import type { Compute } from './compute.ts';
import { driveTask } from './drive-task.ts';
import { adoptDriver, driverFolder, outcomeOf, sweepLostDriver, tidyDriverFolder } from './driver.ts';
import { type Attempt, notebookPass, prepareTask } from './prepare-task.ts';
import { watchDriver } from './watch-driver.ts';

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
  const attempt = { run, task, request, folder, clusterId, pass: notebookPass(compute, runAsOf(run)) };
  const ending = await withTimeout(
    compute,
    request,
    signal,
    async (limited) =>
      (await staging?.play(run, task, clusterId, limited)) ?? runTask(compute, attempt, limited),
  );
  attempt.pass.end();
  tidyDriverFolder(folder);
  return ending;
}

async function runTask(compute: Compute, attempt: Attempt, signal: AbortSignal): Promise<Ending> {
  const prepared = await prepareTask(compute, attempt, signal);
  return 'result' in prepared ? prepared : driveTask(compute, attempt, prepared, signal);
}

/** The id of a new cluster for a task; empty for a serverless one, which has none. */
function clusterFor(compute: Compute, run: RunRecord, task: TaskRecord, request: PlannedTask): string {
  // Of a start that came to nothing.
  if (task.cluster_id !== null)
    clusterEnded(compute.db, task.cluster_id, 'JOB_FINISHED', compute.clock.now());
  if (request.isServerless) return '';
  const owner = {
    taskRunId: task.run_id,
    jobId: run.job_id,
    runId: run.run_id,
    taskKey: task.task_key,
    creator: runAsOf(run),
  };
  return createCluster(compute.db, request.newCluster, request.evaluated, owner, compute.clock.now());
}

/**
 * Goes on with a task whose driver an earlier server started, by watching it or by the result that it left. A driver
 * that never got the word to begin has done nothing: the task is run as if for the first time.
 */
export async function resumeTask(
  compute: Compute,
  run: RunRecord,
  task: TaskRecord,
  signal: AbortSignal,
): Promise<Ending> {
  const folder = driverFolder(compute.folder, task.run_id);
  if (!existsSync(folder.begun)) {
    await adoptDriver(task.pid ?? 0, task.process, compute.pace, signal)?.exited.catch(() => undefined);
    if (!existsSync(folder.begun) && !signal.aborted) return executeTask(compute, run, task, signal);
  }
  const guard = compute.guards(task.run_id, true);
  const ending = await withTimeout(compute, requestOf(task), signal, async (limited) => {
    const driver = adoptDriver(task.pid ?? 0, task.process, compute.pace, limited);
    if (driver !== undefined) return watchDriver(compute, { task, folder, driver, guard }, limited);
    sweepLostDriver(task.pid ?? 0, task.process);
    const lost = outcomeOf(folder, { code: null, signal: null, lost: true });
    const killed = lost.result === 'SUCCESS' ? undefined : guard.ending();
    await guard.end();
    return killed ?? lost;
  });
  tidyDriverFolder(folder);
  return ending;
}

/** Stores how an attempt ended, with its cluster. */
export function endAttempt({ db, clock }: Compute, taskRunId: bigint, ending: Ending): void {
  const failedToStart = ending.code === 'CLUSTER_ERROR';
  const stopped = ending.result === 'CANCELED' || ending.result === 'TIMEDOUT';
  const reason = failedToStart ? 'CLOUD_PROVIDER_LAUNCH_FAILURE' : stopped ? 'USER_REQUEST' : 'JOB_FINISHED';
  db.transaction(() => {
    const cluster = taskById(db, taskRunId)?.cluster_id;
    if (cluster) clusterEnded(db, cluster, reason, clock.now());
    endTask(db, taskRunId, ending, clock.now());
  });
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
