import type { Json, JsonObject } from '../../core/json.ts';
import type { SubmitPlan } from './plan-submit.ts';
import { lastAttempt, type RunRecord, type TaskRecord } from './run-record.ts';

/** A value that a repeated task would send otherwise than the time before. */
export interface Difference {
  readonly taskId: string;
  /** `new_cluster.spark_env_vars.HERMES_READ_PREFIX` */
  readonly path: string;
  /** Absent when it was not sent. */
  readonly was?: Json;
  /** Absent when it would not be sent. */
  readonly is?: Json;
}

/** What belongs to each run alone. */
const OWN = new Set(['idempotency_token']);
const MASK = '[redacted]';

/**
 * What would be sent otherwise than by the run that is repeated, beside its own id and tokens. Tasks that were never
 * submitted have nothing to compare with. Secrets are masked in a record, so such values are not compared. Pure.
 */
export function compareRuns(
  before: RunRecord,
  now: RunRecord,
  plans: readonly SubmitPlan[],
): readonly Difference[] {
  return plans.flatMap((plan) => {
    const task = before.tasks.find(({ taskId }) => taskId === plan.taskId);
    const sent = task === undefined ? undefined : lastAttempt(task)?.payload;
    if (sent === undefined) return [];
    return compareBodies(sent, plan.body, [before.runId, now.runId]).map((one) => ({
      taskId: plan.taskId,
      ...one,
    }));
  });
}

/** Tasks whose policy says something else than when they ran. Pure. */
export function changedPolicies(before: RunRecord, now: RunRecord): readonly TaskRecord[] {
  return before.tasks.filter(({ taskId, policy }) => {
    const present = now.tasks.find((task) => task.taskId === taskId)?.policy;
    return policy !== undefined && present !== undefined && policy.sha256 !== present.sha256;
  });
}

function compareBodies(
  was: JsonObject,
  is: JsonObject,
  [oldId, newId]: readonly [string, string],
): readonly Omit<Difference, 'taskId'>[] {
  const before = leaves(was);
  const after = leaves(is);
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => !OWN.has(path));
  return paths.flatMap((path) => {
    const [old, present] = [before.get(path), after.get(path)];
    const isSame = withoutId(old, oldId) === withoutId(present, newId) || String(old).includes(MASK);
    if (isSame) return [];
    return [
      {
        path: path.replace(/^tasks\.0\./, ''),
        ...(old === undefined ? {} : { was: old }),
        ...(present === undefined ? {} : { is: present }),
      },
    ];
  });
}

/** The id of a run stands in tags, in the letters that a tag may hold. */
function withoutId(value: Json | undefined, runId: string): Json | undefined {
  if (typeof value !== 'string') return value;
  return value.replaceAll(runId, '').replaceAll(runId.replaceAll('~', '-'), '');
}

/** Values by their path. */
function leaves(value: Json | undefined, path = ''): Map<string, Json> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value ?? null]]);
  const inner = Object.entries(value).flatMap(([key, item]) => [
    ...leaves(item as Json, path === '' ? key : `${path}.${key}`),
  ]);
  return new Map(inner);
}
