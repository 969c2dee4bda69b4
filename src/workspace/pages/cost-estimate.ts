import type { JsonObject } from '../../core/json.ts';
import { fieldsOf } from '../wire/fields.ts';
import { durationWords } from './words.ts';

/** What a run would cost on Databricks, as far as it can be told here. It costs nothing on this machine. */
export interface CostEstimate {
  readonly amount: string;
  /** How it was reckoned. */
  readonly how: string;
}

const HOUR_MS = 3_600_000;

/**
 * Estimates from the size of a cluster and the time that it stood. Absent for a cluster without a machine type
 * (serverless, pools), whose price nothing here knows.
 * @param dbusPerHour the most that the policy allows, when it says so
 */
export function costEstimate(
  spec: JsonObject,
  milliseconds: number,
  dbusPerHour: number | undefined,
): CostEstimate | undefined {
  const fields = fieldsOf(spec);
  const nodeType = fields.text('node_type_id');
  if (nodeType === undefined) return undefined;
  const autoscale = fields.object('autoscale');
  const size = fieldsOf(autoscale ?? {});
  const fewest = Number(
    autoscale === undefined ? fields.integer('num_workers') : size.integer('min_workers'),
  );
  const most = Number(autoscale === undefined ? fields.integer('num_workers') : size.integer('max_workers'));
  if (Number.isNaN(fewest) || Number.isNaN(most)) return undefined;
  const workers = fewest === most ? `${most}` : `${fewest} to ${most}`;
  const machines = `${nodeType}, a driver and ${workers} worker${most === 1 ? '' : 's'}`;
  if (dbusPerHour !== undefined)
    return {
      amount: `at most ${figure((dbusPerHour * milliseconds) / HOUR_MS)} DBU`,
      how: `the policy's limit of ${dbusPerHour} DBU an hour, for ${durationWords(milliseconds)} (${machines})`,
    };
  const low = durationWords((fewest + 1) * milliseconds);
  const high = durationWords((most + 1) * milliseconds);
  return {
    amount: `${low === high ? low : `${low} to ${high}`} of machine time`,
    how: `${machines}, for ${durationWords(milliseconds)}; no policy limits it in DBU`,
  };
}

/** Two figures that count. */
function figure(value: number): string {
  return String(Number(value.toPrecision(2)));
}
