import type { Pin } from '../../artifacts/pin.ts';
import type { ArtifactRequest } from '../../core/artifact-request.ts';
import { ConfigError, type HermesError } from '../../core/errors.ts';
import type { TaskPlan } from '../../dag/task.ts';

/** Looks up the artifacts of one task; see `resolvePin`. */
export type PinResolver = (request: ArtifactRequest) => Promise<Pin>;

/**
 * Fixes the artifacts of every task, before anything starts. Tasks that ask for the same get the same, also when the
 * pointer moves meanwhile.
 * @throws ConfigError with the problems of all tasks at once
 */
export async function pinTasks(
  plans: readonly TaskPlan[],
  resolve: PinResolver,
): Promise<ReadonlyMap<string, Pin>> {
  const asked = new Map<string, Promise<Pin>>();
  const outcomes = await Promise.allSettled(
    plans.map((plan) => {
      const key = JSON.stringify(plan.artifacts, Object.keys(plan.artifacts).sort());
      const pending = asked.get(key) ?? resolve(plan.artifacts);
      asked.set(key, pending);
      return pending;
    }),
  );
  throwProblems(
    plans,
    outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined)),
  );
  const pins = outcomes.flatMap((outcome, index) =>
    outcome.status === 'fulfilled' ? [[plans[index]?.taskId ?? '', outcome.value] as const] : [],
  );
  return new Map(pins);
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
