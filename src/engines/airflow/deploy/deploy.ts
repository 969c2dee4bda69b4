import type { Clock } from '../../../core/clock.ts';
import { RemoteError } from '../../../core/errors.ts';
import type { DeployHome, Standing } from './deploy-home.ts';
import type { DeployPlan } from './plan-deploy.ts';

/** How a deploy is decided: anew whenever somebody else was faster. */
export type DeployDecision = (standing: Standing) => DeployPlan | Promise<DeployPlan>;

export interface DeployOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Told once when another deploy of the team is at work. */
  readonly onWait?: (standing: Standing) => void;
  /** Done once when it is decided that nothing speaks against the deploy, before anything is written. */
  readonly prepare?: () => Promise<void>;
  /** Options by which a command finds the same place, for next steps: ` --env prod`. */
  readonly where?: string;
}

const MAX_ATTEMPTS = 10;
const POLL_MS = 2_000;
/** A deploy that shows no sign of life for so long has died: each of its steps is one small file. */
const DEAD_AFTER_MS = 60_000;
/** Finishing what another one writes with the same files does no harm should it still live. */
const DEAD_AFTER_SAME_BUILD_MS = 15_000;

/**
 * Deploys by a decision: reads what stands, waits for a deploy that is at work, decides, applies, and decides again when
 * another one was faster.
 * @throws RemoteError (`HERMES_DEPLOY_CONTENDED`) after many lost races, and whatever the decision throws
 */
export async function deploy(
  home: DeployHome,
  team: string,
  decide: DeployDecision,
  options: DeployOptions,
): Promise<DeployPlan> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const standing = await readSettled(home, team, decide, options);
    const plan = await decide(standing);
    if (attempt === 0) await options.prepare?.();
    if (plan.kind === 'nothing') return plan;
    if ((await home.apply(team, plan.deploy, standing, options.signal)) === 'deployed') return plan;
  }
  throw new RemoteError(`Cannot deploy for team ${team}: other deploys were faster each time.`, {
    code: 'HERMES_DEPLOY_CONTENDED',
    facts: { to: home.url, attempts: MAX_ATTEMPTS },
    nextStep: `Look at them with hermes airflow deploys${options.where ?? ''}, then run the same command again.`,
  });
}

/** Waits while another deploy is at work, until it is done or shows no more sign of life. */
async function readSettled(
  home: DeployHome,
  team: string,
  decide: DeployDecision,
  { clock, signal, onWait }: DeployOptions,
): Promise<Standing> {
  let standing = await home.read(team, signal);
  let since = clock.now().getTime();
  for (let waits = 0; standing.current?.state === 'writing'; waits += 1) {
    const isSame = (await decide(standing)).kind === 'finish';
    const limit = isSame ? DEAD_AFTER_SAME_BUILD_MS : DEAD_AFTER_MS;
    if (clock.now().getTime() - since >= limit) return standing;
    if (waits === 0) onWait?.(standing);
    await clock.sleep(POLL_MS, signal);
    const next = await home.read(team, signal);
    if (next.version !== standing.version) since = clock.now().getTime();
    standing = next;
  }
  return standing;
}
