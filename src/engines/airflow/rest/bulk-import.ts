import { z } from 'zod';
import { ConfigError } from '../../../core/errors.ts';
import { type Json, stringifyJson } from '../../../core/json.ts';
import { printableLine } from '../../../core/printable.ts';
import type { AirflowApi } from './airflow-api.ts';

/** A connection as Airflow keeps it; password and extra are encrypted there. */
export interface AirflowConnection {
  readonly connectionId: string;
  readonly connType: string;
  readonly host?: string;
  readonly port?: number;
  /** Of a Databricks connection: `http` or `https`. */
  readonly schema?: string;
  readonly login?: string;
  readonly password?: string;
  readonly extra?: Readonly<Record<string, Json>>;
}

const errors = z.array(z.looseObject({ error: z.string().optional() }));
const bulkSchema = z.object({
  create: z.object({ success: z.array(z.string()), errors }).nullish(),
});

/**
 * Sets variables in one call, those that are there already as well. Texts stay as they are, other values become JSON.
 * @throws ConfigError naming what Airflow did not take
 */
export async function importVariables(
  api: AirflowApi,
  variables: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  const entities = Object.entries(variables).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? value : stringifyJson(value),
  }));
  await setAll(api, 'variables', entities, signal);
}

/** Sets connections in one call, those that are there already as well. @throws ConfigError as {@link importVariables} */
export async function importConnections(
  api: AirflowApi,
  connections: readonly AirflowConnection[],
  signal: AbortSignal,
): Promise<void> {
  const entities = connections.map(
    ({ connectionId, connType, host, port, schema, login, password, extra }) => ({
      connection_id: connectionId,
      conn_type: connType,
      host: host ?? null,
      port: port ?? null,
      schema: schema ?? null,
      login: login ?? null,
      password: password ?? null,
      extra: extra === undefined ? null : stringifyJson(extra),
    }),
  );
  await setAll(api, 'connections', entities, signal);
}

async function setAll(
  api: AirflowApi,
  what: 'variables' | 'connections',
  entities: readonly { readonly [key: string]: Json }[],
  signal: AbortSignal,
): Promise<void> {
  if (entities.length === 0) return;
  const body = { actions: [{ action: 'create', entities, action_on_existence: 'overwrite' }] };
  const action = `set ${what}`;
  const answer = await api.send({ method: 'PATCH', path: [what], body, action, repeatable: true }, signal);
  const refused = bulkSchema.parse(answer).create?.errors ?? [];
  if (refused.length === 0) return;
  const reasons = refused.map(({ error = 'no reason' }) => printableLine(error)).join('; ');
  throw new ConfigError(`Cannot ${action} of Airflow: ${reasons}`, { code: 'HERMES_AIRFLOW_REFUSED' });
}
