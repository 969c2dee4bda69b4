import { z } from 'zod';

const part = z.looseObject({ status: z.string().nullable() }).transform((found) => {
  const beat = Object.entries(found).find(([name]) => name.endsWith('_heartbeat'))?.[1];
  return {
    status: found.status ?? 'unknown',
    ...(typeof beat === 'string' ? { heartbeatAt: new Date(beat) } : {}),
  };
});
const healthSchema = z
  .object({ metadatabase: part, scheduler: part, triggerer: part, dag_processor: part })
  .transform(({ dag_processor, ...rest }) => ({ ...rest, dagProcessor: dag_processor }));

/** What Airflow says of its parts: `healthy`, or else, and when it heard of each last. */
export type AirflowHealth = z.infer<typeof healthSchema>;

const LIMIT_MS = 5_000;

/** Asks an Airflow how it is, which needs no token. Undefined when nothing, or something else, answers. */
export async function askHealth(url: string, signal: AbortSignal): Promise<AirflowHealth | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const response = await fetch(`${url}/api/v2/monitor/health`, { signal: limit });
    return healthSchema.safeParse(await response.json()).data;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
