import { z } from 'zod';
import type { AirflowApi } from './airflow-api.ts';
import { listAll } from './list-all.ts';

const variableSchema = z.looseObject({ key: z.string(), value: z.string().nullish() });

/** All variables by their names, as texts. Airflow shows `***` for what it takes for a secret. */
export async function listVariables(
  api: AirflowApi,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const call = { path: ['variables'], action: 'list variables' };
  const found = await listAll(api, call, 'variables', variableSchema, signal);
  return new Map(found.map(({ key, value }) => [key, value ?? '']));
}
