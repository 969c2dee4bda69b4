import { z } from 'zod';
import { ConfigError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import type { AirflowApi } from './airflow-api.ts';
import { pathOf, type RunKey } from './task-instances.ts';

/** The key of what a task returns. */
export const RETURN_VALUE = 'return_value';

/** What a task of a run left under a key; undefined when there is nothing. */
export async function getXcom(
  api: AirflowApi,
  run: RunKey,
  taskId: string,
  key: string,
  signal: AbortSignal,
): Promise<Json | undefined> {
  const path = [...pathOf(run), 'taskInstances', taskId, 'xcomEntries', key];
  const query = { deserialize: 'false', stringify: 'false' };
  try {
    const answer = await api.send({ method: 'GET', path, query, action: `read ${key} of ${taskId}` }, signal);
    return z.object({ value: z.unknown() }).parse(answer).value as Json;
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'HERMES_AIRFLOW_NOT_FOUND') return undefined;
    throw error;
  }
}
