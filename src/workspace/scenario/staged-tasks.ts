import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Clock, systemClock } from '../../core/clock.ts';
import { sweepGroup } from '../../core/process-group.ts';
import { clusterRuns } from '../compute/clusters.ts';
import { driverFolder } from '../compute/driver.ts';
import type { Staging } from '../compute/staging.ts';
import { brokenTask, type Ending, succeeded, timedOut, userFailure } from '../jobs/run-state.ts';
import { type TaskRecord, taskById, updateTask } from '../jobs/runs.ts';
import type { RunRule } from './run-rule.ts';
import type { Stage } from './stage.ts';

const LOOK_MS = 20;

/** Plays tasks as the rules of a scenario say. @param folder The workspace's. */
export function stagedTasks(stage: Stage, folder: string): Staging {
  const { db, clock } = stage;
  return {
    queue: async (run, task, signal) => {
      const rule = stage.ruleOf(run, task);
      if (rule !== undefined) await clock.sleep(rule.queueMs, signal);
    },
    play: async (run, task, clusterId, signal) => {
      const rule = stage.ruleOf(run, task);
      if (rule === undefined) return undefined;
      await clock.sleep(rule.clusterMs, signal);
      if (rule.outcome === undefined) return undefined;
      if (rule.outcome === 'driver_killed') {
        killDriver(stage, task, rule.runMs, signal).catch(() => undefined);
        return undefined;
      }
      const early = endingBeforeRun(rule, clusterId);
      if (early !== undefined) return early;
      clusterRuns(db, clusterId);
      updateTask(db, task.run_id, { life: 'RUNNING', running_at: clock.now().getTime() });
      writeLog(driverFolder(folder, task.run_id).log, rule);
      await clock.sleep(rule.runMs, signal);
      updateTask(db, task.run_id, { life: 'TERMINATING', ending_at: clock.now().getTime() });
      return endingOfRun(rule, task);
    },
  };
}

/** Endings of tasks that never came to run, in the words of the real service. */
function endingBeforeRun({ outcome, message }: RunRule, clusterId: string): Ending | undefined {
  if (outcome === 'library_failure')
    return brokenTask(
      'LIBRARY_INSTALLATION_ERROR',
      'CLIENT_ERROR',
      `Library installation failed for library due to user error. Error messages: Library installation attempted on the driver node of cluster ${clusterId} and failed. ${message ?? 'The library file does not exist.'} Error Code: DRIVER_LIBRARY_INSTALLATION_FAILURE`,
    );
  if (outcome !== 'cluster_failure') return undefined;
  const cause =
    message ??
    'AWS_INSUFFICIENT_INSTANCE_CAPACITY_FAILURE(CLIENT_ERROR): aws_api_error_code:InsufficientInstanceCapacity,aws_error_message:We currently do not have sufficient capacity in the Availability Zone you requested';
  const text = `Unexpected failure while waiting for the cluster (${clusterId}) to be ready.Cause Unexpected state for cluster (${clusterId}): ${cause}`;
  return brokenTask('CLUSTER_ERROR', 'CLOUD_FAILURE', text);
}

function endingOfRun(rule: RunRule, task: TaskRecord): Ending {
  const { outcome, message, error = 'RuntimeError: staged by the scenario', errorTrace } = rule;
  switch (outcome) {
    case 'failure': {
      const ending = userFailure(error, errorTrace ?? `Traceback (most recent call last):\n${error}`);
      return message === undefined ? ending : { ...ending, message };
    }
    case 'timeout':
      return timedOut(message ?? `Task ${task.task_key} timed out.`);
    case 'internal_error':
      return brokenTask('INTERNAL_ERROR', 'INTERNAL_ERROR', message ?? 'An internal error occurred.');
    default:
      return message === undefined ? succeeded : { ...succeeded, message };
  }
}

function writeLog(file: string, { log, outcome, error, errorTrace }: RunRule): void {
  const text = log ?? (outcome === 'failure' ? (errorTrace ?? error) : undefined);
  if (text === undefined) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  appendFileSync(file, text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 });
}

/** Waits until the task's driver runs, then so long, then kills it as the system does when memory runs out. */
async function killDriver(
  { db, clock }: Stage,
  task: TaskRecord,
  afterMs: number,
  signal: AbortSignal,
  pace: Clock = systemClock,
): Promise<void> {
  for (;;) {
    const found = taskById(db, task.run_id);
    if (found === undefined || found.ended_at !== null) return;
    if (found.pid !== null) break;
    await pace.sleep(LOOK_MS, signal);
  }
  await clock.sleep(afterMs, signal);
  const pid = taskById(db, task.run_id)?.pid;
  if (pid != null) sweepGroup(pid);
}
