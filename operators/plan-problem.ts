import { ConfigError, HermesError } from '../src/core/errors.ts';
import type { Json } from '../src/core/json.ts';
import { ownTagProblem } from '../src/core/tags.ts';
import { placeOfError } from '../src/dag/place.ts';

/**
 * Runs a function of an operator that may be the team's own.
 * @throws ConfigError `HERMES_OPERATOR_PLAN` that says what failed, and at which line of whose file
 */
export function explainFailure<T>(
  task: { readonly taskId: string; readonly operatorName: string },
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HermesError) throw error;
    const place = error instanceof Error ? placeOfError(error) : undefined;
    const at = place === undefined ? '' : ` (${place.file.split('/').at(-1)}:${place.line})`;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new ConfigError(`Cannot plan task ${task.taskId}: ${task.operatorName} failed${at}: ${reason}`, {
      code: 'HERMES_OPERATOR_PLAN',
      nextStep: 'Correct the operator.',
      cause: error,
    });
  }
}

/** Why what an operator planned cannot be submitted, or undefined. */
export function planProblem(plan: unknown): string | undefined {
  if (plan instanceof Promise) return 'asynchronously: plan() must answer at once, and have no effects.';
  if (!isObject(plan) || !isObject(plan.submit)) return 'no request: plan() must answer { submit: { … } }.';
  const { submit, artifacts } = plan;
  const strange = notJson(submit, 'submit');
  if (strange !== undefined) return strange;
  const { tasks } = submit;
  if (!Array.isArray(tasks) || tasks.length === 0 || !tasks.every(isObject))
    return 'no work: submit.tasks must be a list of at least one task.';
  const tag = first(tasks.map(clusterTagProblem));
  if (tag !== undefined) return tag;
  if ('idempotency_token' in submit)
    return 'submit.idempotency_token, which Hermes sets: by it an attempt starts once.';
  if (artifacts === undefined) return undefined;
  const names = isObject(artifacts) ? [artifacts.project, artifacts.script, artifacts.scriptVersion] : [];
  return names.length === 3 && names.every((name) => typeof name === 'string')
    ? undefined
    : 'artifacts without project, script and scriptVersion.';
}

/** Tags that an operator gives to its clusters stand beside those of Hermes. */
function clusterTagProblem(task: Readonly<Record<string, unknown>>): string | undefined {
  const cluster = isObject(task.new_cluster) ? task.new_cluster : {};
  const keys = Object.keys(isObject(cluster.custom_tags) ? cluster.custom_tags : {});
  const problem = first(keys.map((key) => ownTagProblem(`${key}:x`)));
  return problem === undefined ? undefined : `custom_tags that cannot be: ${problem}`;
}

function first(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

/** Deeper than any request is; an object that holds itself is nested without end. */
const MAX_DEPTH = 32;

/** Where a value is none that JSON can say. */
function notJson(value: unknown, path: string, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return `${path}, which is nested without end.`;
  if (value === null) return `${path} = null, which Airflow cannot send: leave the key out.`;
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return undefined;
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : `${path} = ${value}, which is no number in JSON.`;
  const isPlain = Array.isArray(value) || (isObject(value) && isPlainObject(value));
  if (!isPlain) return `${path}, which is ${value === undefined ? 'undefined' : 'no plain data'}.`;
  for (const key of Object.keys(value)) {
    const item: unknown = Reflect.get(value, key);
    // A key without a value is left out, as JSON does.
    if (item === undefined && !Array.isArray(value)) continue;
    const found = notJson(item, `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isObject(value: unknown): value is Readonly<Record<string, Json | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
