import type { Pin } from '../../../artifacts/pin.ts';
import type { ArtifactRequest } from '../../../core/artifact-request.ts';
import { ConfigError, type HermesError } from '../../../core/errors.ts';
import type { TaskPlan } from '../../../dag/task.ts';

/** Looks up the artifacts of one task; see `resolvePin`. */
export type PinResolver = (request: ArtifactRequest) => Promise<Pin>;

/**
 * Fixes the artifacts of every task that has some, before anything starts. Tasks that ask for the same get the same, also when the
 * pointer moves meanwhile.
 * @throws ConfigError with the problems of all tasks at once
 */
export async function pinTasks(
  plans: readonly TaskPlan[],
  resolve: PinResolver,
): Promise<ReadonlyMap<string, Pin>> {
  const once = rememberPins(resolve);
  const outcomes = await Promise.allSettled(
    plans.map(({ artifacts }) => (artifacts === undefined ? undefined : once(artifacts))),
  );
  throwProblems(
    plans,
    outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined)),
  );
  const pins = outcomes.flatMap((outcome, index) => {
    const pin = outcome.status === 'fulfilled' ? outcome.value : undefined;
    return pin === undefined ? [] : [[plans[index]?.taskId ?? '', pin] as const];
  });
  return new Map(pins);
}

/** Looks up each request once: asking again gives the same, also when the pointer has moved meanwhile. */
export function rememberPins(resolve: PinResolver): PinResolver {
  const asked = new Map<string, Promise<Pin>>();
  return (request) => {
    const key = JSON.stringify(request, Object.keys(request).sort());
    const pending = asked.get(key) ?? resolve(request);
    asked.set(key, pending);
    return pending;
  };
}

function throwProblems(plans: readonly TaskPlan[], reasons: readonly unknown[]): void {
  const bad = plans.flatMap((plan, index) =>
    reasons[index] === undefined ? [] : [{ taskId: plan.taskId, reason: reasons[index] }],
  );
  const [first] = bad;
  if (first === undefined) return;
  const other = bad.find(({ reason }) => !(reason instanceof ConfigError));
  if (other !== undefined) throw other.reason;
  if (new Set(bad.map(({ reason }) => (reason as HermesError).message)).size === 1) throw first.reason;
  const lines = bad.map(({ taskId, reason }) => {
    const { message, nextStep } = reason as HermesError;
    return `  ${taskId}: ${message}${nextStep === undefined ? '' : ` ${nextStep}`}`;
  });
  throw new ConfigError(`Cannot pin the artifacts of ${bad.length} tasks:\n${lines.join('\n')}`, {
    code: 'HERMES_PINS',
  });
}
