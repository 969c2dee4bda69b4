import type { Pin } from '../../../artifacts/pin.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { SubmitPlan } from '../plan/plan-submit.ts';
import { lastAttempt, type RunRecord, type TaskRecord } from '../record/run-record.ts';

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

/** What belongs to each run alone: a run of some tasks of a DAG has some of its edges. */
const OWN = new Set(['idempotency_token', 'tasks.0.new_cluster.spark_env_vars.HERMES_UPSTREAM_TASKS']);
const MASK = '[redacted]';

/** A task that runs other artifacts than the time before. */
export interface PinChange {
  readonly taskId: string;
  readonly was: Pin;
  readonly is: Pin;
}

/**
 * What would be sent otherwise than by the run that is repeated, beside its own id and tokens, and beside what other
 * artifacts bring along. Tasks that were never submitted have nothing to compare with. Secrets are masked in a record,
 * so such values are not compared. Pure.
 */
export function compareRuns(
  before: RunRecord,
  now: RunRecord,
  plans: readonly SubmitPlan[],
): readonly Difference[] {
  return plans.flatMap(({ taskId, body }) => {
    const was = taskOf(before, taskId);
    const is = taskOf(now, taskId);
    const sent = was === undefined ? undefined : lastAttempt(was)?.payload;
    if (sent === undefined) return [];
    const plain = [plainer(before.runId, was?.pin), plainer(now.runId, is?.pin)] as const;
    return compareBodies(sent, body, plain).map((one) => ({ taskId, ...one }));
  });
}

/** Pure. */
export function changedPins(before: RunRecord, now: RunRecord): readonly PinChange[] {
  return now.tasks.flatMap(({ taskId, pin }) => {
    const was = taskOf(before, taskId)?.pin;
    const isSame = was?.scriptUrl === pin?.scriptUrl && was?.wheelUrl === pin?.wheelUrl;
    return was === undefined || pin === undefined || isSame ? [] : [{ taskId, was, is: pin }];
  });
}

/** Tasks whose policy says something else than when they ran. Pure. */
export function changedPolicies(before: RunRecord, now: RunRecord): readonly TaskRecord[] {
  return before.tasks.filter(({ taskId, policy }) => {
    const present = taskOf(now, taskId)?.policy;
    return policy !== undefined && present !== undefined && policy.sha256 !== present.sha256;
  });
}

type Plainer = (value: Json | undefined) => Json | undefined;

function compareBodies(
  was: JsonObject,
  is: JsonObject,
  [plainWas, plainIs]: readonly [Plainer, Plainer],
): readonly Omit<Difference, 'taskId'>[] {
  const before = leaves(was);
  const after = leaves(is);
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => !OWN.has(path));
  return paths.flatMap((path) => {
    const [old, present] = [before.get(path), after.get(path)];
    if (plainWas(old) === plainIs(present) || String(old).includes(MASK)) return [];
    return [
      {
        path: path.replace(/^tasks\.0\./, ''),
        ...(old === undefined ? {} : { was: old }),
        ...(present === undefined ? {} : { is: present }),
      },
    ];
  });
}

/** Takes out of a value what the id of a run and its artifacts put there, in the letters that a tag may hold. */
function plainer(runId: string, pin: Pin | undefined): Plainer {
  const { scriptUrl, wheelUrl, runtimeUrl, version, commit } = pin ?? {};
  const own = [runId, runId.replaceAll('~', '-'), scriptUrl, wheelUrl, runtimeUrl, version, commit];
  const words = own.filter((word): word is string => word !== undefined && word !== '');
  return (value) =>
    typeof value === 'string' ? words.reduce((text, word) => text.replaceAll(word, '*'), value) : value;
}

function taskOf(record: RunRecord, taskId: string): TaskRecord | undefined {
  return record.tasks.find((task) => task.taskId === taskId);
}

/** Values by their path. */
function leaves(value: Json | undefined, path = ''): Map<string, Json> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value ?? null]]);
  const inner = Object.entries(value).flatMap(([key, item]) => [
    ...leaves(item as Json, path === '' ? key : `${path}.${key}`),
  ]);
  return new Map(inner);
}
