import type { AttemptError } from '../../local/record/run-record.ts';
import type { AirflowApi } from '../rest/airflow-api.ts';
import type { RunKey } from '../rest/task-instances.ts';
import { type LogEntry, type TaskAttempt, taskLog } from '../rest/task-log.ts';

/** Why an attempt failed that has no run on Databricks: what Airflow wrote into its log. */
export async function failureInAirflow(
  api: AirflowApi,
  key: RunKey,
  task: TaskAttempt,
  signal: AbortSignal,
): Promise<AttemptError> {
  const entries = await taskLog(api, key, task, signal).catch((): readonly LogEntry[] => {
    signal.throwIfAborted();
    return [];
  });
  const isMapped = (task.mapIndex ?? -1) >= 0;
  const words = ['hermes airflow logs', key.dagId, key.runId, task.taskId].join(' ');
  return {
    message: lastError(entries) ?? 'Airflow marked it as failed; its log names no error',
    actor: 'user',
    kind: 'request',
    advice: `${isMapped ? '' : 'Nothing ran on Databricks. '}What Airflow says: ${words}`,
  };
}

function lastError(entries: readonly LogEntry[]): string | undefined {
  const found = entries.findLast(
    ({ level, error }) => error !== undefined || /^(error|critical)$/.test(level),
  );
  return found?.error ?? found?.event;
}
