import { githubFailure } from '../api/github-failure.ts';
import { type RequestFailure, requestFailure } from '../api/request-failure.ts';
import { isRepeatable } from '../api/send-patiently.ts';
import type { StepOutcome } from '../repository-host.ts';
import type { CreationStep, Target } from './creation-step.ts';

const AGAIN = 'Then run the same command again: it goes on where it stopped.';
/** Seconds before a step is tried again of which nobody knows whether it was done. */
const PAUSES = [1, 4, 9];

/**
 * Carries out what does not stand, in order; ends at the first failure.
 * @throws HermesError that says which right is missing, and that the same command goes on
 */
export async function applySteps(
  steps: readonly CreationStep[],
  target: Target,
  onStep: (step: StepOutcome) => void,
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const step of steps) {
    const outcome = await applyStep(step, target);
    outcomes.push(outcome);
    onStep(outcome);
  }
  return outcomes;
}

async function applyStep(step: CreationStep, target: Target): Promise<StepOutcome> {
  const { name, purpose, isDone, action, right } = step;
  if (isDone) return { name, purpose, outcome: 'there' };
  const { github, owner } = target;
  try {
    const reason = await applyPatiently(step, target);
    return reason === undefined
      ? { name, purpose, outcome: 'done' }
      : { name, purpose, outcome: 'skipped', reason };
  } catch (error) {
    throw githubFailure(error, { github, owner, action, right, again: AGAIN });
  }
}

/** What is harmless to send twice was sent again and again already. */
function isToTryAgain(failure: RequestFailure | undefined): boolean {
  return failure?.isUncertain === true && !isRepeatable({ method: failure.method, url: failure.path });
}

/** A step whose answer is lost is done again: it is harmless where it was done already. */
async function applyPatiently(step: CreationStep, target: Target): Promise<string | undefined> {
  for (const seconds of PAUSES) {
    try {
      return await step.apply(target);
    } catch (error) {
      if (!isToTryAgain(requestFailure(error))) throw error;
      await target.clock.sleep(seconds * 1000, target.signal);
    }
  }
  return step.apply(target);
}
