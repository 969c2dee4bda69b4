import { z } from 'zod';
import type { AirflowApi } from './airflow-api.ts';
import type { AirflowCall } from './airflow-call.ts';

/** The most that Airflow gives at once, unless its operator says otherwise (`[api] maximum_page_limit`). */
const PAGE = 100;

/** Reads a list to its end. @param key Where the answer has it: `dags`. */
export async function listAll<T>(
  api: AirflowApi,
  call: Omit<AirflowCall, 'method'>,
  key: string,
  item: z.ZodType<T>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const page = z.object({ [key]: z.array(item), total_entries: z.number() });
  const found: T[] = [];
  for (;;) {
    const query = { ...call.query, limit: PAGE, offset: found.length };
    const answer = page.parse(await api.send({ ...call, method: 'GET', query }, signal));
    const items = answer[key] as T[];
    found.push(...items);
    if (items.length === 0 || found.length >= Number(answer.total_entries)) return found;
  }
}
