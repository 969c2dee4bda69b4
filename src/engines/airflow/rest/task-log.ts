import { z } from 'zod';
import type { AirflowApi } from './airflow-api.ts';
import { pathOf, type RunKey } from './task-instances.ts';

const entry = z.union([
  z.string().transform((event) => ({ event, level: '', timestamp: '' })),
  z
    .looseObject({
      event: z.string(),
      level: z.string().nullish(),
      timestamp: z.string().nullish(),
      logger: z.string().nullish(),
      error_detail: z.array(z.looseObject({ exc_type: z.string(), exc_value: z.string() })).nullish(),
    })
    .transform(({ event, level, timestamp, logger, error_detail }) => ({
      event,
      level: level ?? '',
      timestamp: timestamp ?? '',
      ...(typeof logger === 'string' ? { logger } : {}),
      ...(error_detail?.[0] === undefined
        ? {}
        : { error: `${error_detail[0].exc_type}: ${error_detail[0].exc_value}` }),
    })),
]);
const logSchema = z.object({ content: z.array(entry), continuation_token: z.string().nullable() });

/** A line of a task's log. */
export interface LogEntry {
  readonly event: string;
  /** `info`, `error`, … or empty */
  readonly level: string;
  /** ISO 8601, or empty */
  readonly timestamp: string;
  /** Who wrote it: `task.stdout` for what the code of a task printed. Absent for remarks of Airflow on the log itself. */
  readonly logger?: string;
  /** Of an exception: its type and message. */
  readonly error?: string;
}

/** Which attempt of which task. */
export interface TaskAttempt {
  readonly taskId: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Of a mapped task, counted from 0. @defaultValue none: the task is not mapped */
  readonly mapIndex?: number;
}

/** The log of one attempt of a task so far. */
export async function taskLog(
  api: AirflowApi,
  run: RunKey,
  task: TaskAttempt,
  signal: AbortSignal,
): Promise<readonly LogEntry[]> {
  const path = [...pathOf(run), 'taskInstances', task.taskId, 'logs', String(task.attempt)];
  const query = { full_content: 'true', map_index: task.mapIndex ?? -1 };
  const call = { method: 'GET', path, query, action: `read the log of ${task.taskId}` } as const;
  return logSchema.parse(await api.send(call, signal)).content;
}
