import type { JsonObject } from '../../core/json.ts';
import { type DriverFolder, driverFolder, notebookOutputOf } from '../compute/driver.ts';
import { readTail } from '../compute/log-reader.ts';
import type { FoundRun } from '../identity/access.ts';
import { maySeeLog } from '../identity/access.ts';
import type { Identity } from '../identity/users.ts';
import { invalidParameter } from '../wire/api-error.ts';
import { renderTaskRun, type ViewContext } from './run-view.ts';
import { requestOf, type TaskRecord } from './runs.ts';

const LOG_LIMIT = 5 * 1024 * 1024;

const HIDDEN_LOG =
  'The driver log is not shown to you: secrets are not redacted in it. It takes Owner or Admin of the job, or a cluster with spark.databricks.acl.needAdminPermissionToViewLogs = false.';

/**
 * The reply of runs/get-output: error, traceback and the last 5 MB of the log of one task run.
 * The log is left out, and `info` says so, for someone who may see the run but not its driver log.
 */
export async function renderOutput(
  context: ViewContext,
  folder: string,
  found: FoundRun,
  who: Identity,
): Promise<JsonObject> {
  const { run, task } = found;
  if (task === undefined)
    throw invalidParameter(
      'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
    );
  const isOpen = maySeeLog(context.db, run, task, who);
  const log = isOpen ? await readTail(driverFolder(folder, task.run_id).log, LOG_LIMIT) : undefined;
  return {
    ...notebookOutput(driverFolder(folder, task.run_id), task),
    metadata: renderTaskRun(context, run, task),
    ...(task.error === null ? {} : { error: task.error }),
    ...(task.error_trace === null ? {} : { error_trace: task.error_trace }),
    ...(task.error === null && task.result === 'FAILED' ? { error: task.message ?? '' } : {}),
    ...(isOpen ? {} : { info: HIDDEN_LOG }),
    ...(log === undefined ? {} : { logs: log.text, logs_truncated: log.isCut }),
  };
}

/** What the notebook exited with; an empty object when it did not, as on Databricks. */
function notebookOutput(folder: DriverFolder, task: TaskRecord): JsonObject {
  if (requestOf(task).work.kind !== 'notebook' || task.result !== 'SUCCESS') return {};
  return { notebook_output: { ...notebookOutputOf(folder) } };
}
