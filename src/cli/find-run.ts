import { ConfigError } from '../core/errors.ts';
import type { Run } from '../databricks/run.ts';
import { lastAttempt, type RunRecord, type TaskRecord } from '../engines/local/run-record.ts';
import { type FoundRun, findRun, openRunStore } from '../engines/local/run-store.ts';
import type { Cli } from './cli.ts';
import { connectWorkspace, type WorkspaceLink } from './connect-workspace.ts';

/** The record that a person means. */
export function findRecord(cli: Cli, reference: string): Promise<FoundRun> {
  return findRun(openRunStore(cli.home.dagRuns), reference);
}

/** A Databricks run to act on, with the task it belongs to when this machine started it. */
export interface RemoteRun {
  readonly link: WorkspaceLink;
  readonly runId: string;
  readonly record?: RunRecord;
  readonly task?: TaskRecord;
}

/**
 * The Databricks run that a person means: that of a task of a recorded run, or any run of the embedded workspace by id.
 * Of several tasks it is the one named, else the one that failed, else the last one that started.
 */
export async function findRemoteRun(
  cli: Cli,
  reference: string,
  taskId: string | undefined,
): Promise<RemoteRun> {
  const found = await findRecord(cli, reference).catch((error: unknown) => {
    if (/^\d+$/.test(reference)) return undefined;
    throw error;
  });
  if (found === undefined) {
    const embedded = (cli.env.DATABRICKS_HOST ?? '') === '';
    return { link: await connectWorkspace(cli, { name: 'dev', embedded }), runId: reference };
  }
  const { record } = found;
  const task = chooseTask(record, taskId ?? found.taskId);
  const runId = found.databricksRunId ?? lastAttempt(task)?.runId;
  if (runId === undefined) {
    throw new ConfigError(
      `Cannot find a run of task ${task.taskId}: it has not been submitted [state=${task.state}]`,
      {
        code: 'HERMES_TASK_NOT_STARTED',
        nextStep: `See the whole DAG run with: hermes runs show ${record.runId}`,
      },
    );
  }
  return { link: await linkOf(cli, record), runId, record, task };
}

export function linkOf(cli: Cli, record: RunRecord): Promise<WorkspaceLink> {
  return connectWorkspace(cli, { name: record.environment, embedded: record.embedded });
}

/** The task run whose output can be read: a run with tasks has none of its own. */
export function outputRunId(run: Run, wanted: string): string {
  return run.tasks.find((task) => task.runId === wanted)?.runId ?? run.tasks[0]?.runId ?? wanted;
}

function chooseTask(record: RunRecord, taskId: string | undefined): TaskRecord {
  const started = record.tasks.filter((task) => task.attempts.length > 0);
  const chosen =
    taskId === undefined
      ? (started.find((task) => task.state === 'failed') ??
        started.toSorted(byStart).at(-1) ??
        record.tasks[0])
      : record.tasks.find((task) => task.taskId === taskId);
  if (chosen !== undefined) return chosen;
  const ids = record.tasks.map((task) => task.taskId).join(', ');
  throw new ConfigError(`Cannot find task ${taskId} in run ${record.runId}. Tasks: ${ids}`, {
    code: 'HERMES_UNKNOWN_TASK',
    nextStep: 'Name one of them with --task.',
  });
}

function byStart(a: TaskRecord, b: TaskRecord): number {
  return (lastAttempt(a)?.queuedAt ?? '') < (lastAttempt(b)?.queuedAt ?? '') ? -1 : 1;
}
