import type { Pin } from '../../artifacts/pin.ts';
import { ConfigError } from '../../core/errors.ts';
import type { TaskPlan } from '../../dag/task.ts';
import type { PinResolver } from '../../engines/local/plan/pin-tasks.ts';
import { planRun } from '../../engines/local/plan/plan-run.ts';
import { planSubmits, type SubmitPlan } from '../../engines/local/plan/plan-submit.ts';
import type { Surroundings } from '../../engines/local/plan/prepare-surroundings.ts';
import type { SubmitProblem } from '../../engines/local/plan/submit-problems.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import type { Cli } from '../cli.ts';
import type { environmentsOf } from '../team-environments.ts';
import { askedRun, type StartOptions } from './asked-run.ts';
import { madeUpPin } from './made-up-pin.ts';

/** What a run would do, as data: nothing is written or sent. */
export interface DagPlan {
  /** The run as it would be recorded. */
  readonly record: RunRecord;
  readonly submits: readonly SubmitPlan[];
  /** Tasks whose artifacts are not there; their requests name made-up ones. */
  readonly unpublished: ReadonlySet<string>;
  /** Everything that would keep the run from starting. */
  readonly problems: readonly SubmitProblem[];
}

/**
 * Plans a run of a DAG: resolves its artifacts, renders every request and holds each cluster to its policy.
 * @param surroundingsOf Variables and policies of the teams' environments.
 */
export async function planDag(
  cli: Cli,
  options: StartOptions,
  surroundingsOf: (environments: ReturnType<typeof environmentsOf>) => Promise<Surroundings>,
): Promise<DagPlan> {
  const { request, environments, resolve } = askedRun(cli, options);
  const { pins, problems: missing } = await findPins(request.plans, resolve);
  const record = planRun({ ...request, host: '' }, pins, cli.clock.now(), { pid: 0, startedAt: '' });
  const { plans: submits, problems } = planSubmits(record, await surroundingsOf(environments));
  return {
    record,
    submits,
    unpublished: new Set(missing.map(({ taskId }) => taskId)),
    problems: [...missing, ...problems],
  };
}

interface FoundPins {
  readonly pins: ReadonlyMap<string, Pin>;
  readonly problems: readonly SubmitProblem[];
}

/** The artifacts of every task, made-up ones for those that are not published: the rest of a plan is still worth seeing. */
async function findPins(plans: readonly TaskPlan[], resolve: PinResolver): Promise<FoundPins> {
  const pins = new Map<string, Pin>();
  const problems: SubmitProblem[] = [];
  for (const { taskId, artifacts } of plans) {
    if (artifacts === undefined) continue;
    try {
      pins.set(taskId, await resolve(artifacts));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      pins.set(taskId, madeUpPin(artifacts));
      problems.push({ taskId, message: sentences(error.message, error.nextStep) });
    }
  }
  return { pins, problems };
}

/** Each with its full stop, whether it brought one or not. */
function sentences(first: string, second = ''): string {
  return second === '' ? first : `${first.replace(/\.+$/, '')}. ${second}`;
}
