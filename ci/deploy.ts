import pMap from 'p-map';
import { type BuildName, buildKey } from '../src/artifacts/keys.ts';
import { ownFiles } from '../src/artifacts/manifest.ts';
import type { PointerMove } from '../src/artifacts/pointer.ts';
import { applyPublish, type PointerNote, planPointer, settlePointer } from './apply-publish.ts';
import type { Build } from './build.ts';
import { type PublishPlan, planPublish } from './plan-publish.ts';
import type { PointerPolicy } from './pointer-policy.ts';
import type { Prepared } from './prepare-project.ts';
import type { PublishEvent, PublishedEvent, Report } from './publish-event.ts';
import { readPublished } from './read-published.ts';
import type { Target } from './targets.ts';

export interface Deployment {
  /** In the order in which they are written: development first. */
  readonly targets: readonly Target[];
  readonly policy: PointerPolicy;
  readonly note: PointerNote;
  /** Tells what would be written, and writes nothing. */
  readonly dryRun: boolean;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

interface Step {
  readonly target: Target;
  readonly build: Build;
  readonly plan: PublishPlan;
}

const PROJECTS_AT_ONCE = 8;

/**
 * Publishes what is prepared: plans everything first, so that a taken version stops it before anything is written;
 * then project by project, environment by environment, what is unchanged at the end.
 * @returns names of the projects of which something was written, or would be
 */
export async function deploy(prepared: readonly Prepared[], deployment: Deployment): Promise<string[]> {
  const published: string[] = [];
  const planned: (readonly Step[])[] = [];
  for (const item of prepared) {
    if (item.kind === 'deploy') planned.push(await planSteps(item.build, deployment));
  }
  const carryOut = deployment.dryRun ? describeSteps : applySteps;
  for (const steps of planned) {
    if (await carryOut(steps, deployment))
      published.push(...steps.slice(0, 1).map(({ build }) => build.project));
  }
  const rest = prepared.flatMap((item) => (item.kind === 'deploy' ? [] : [item]));
  const settled = await pMap(rest, (item) => settle(item, deployment), { concurrency: PROJECTS_AT_ONCE });
  for (const { project, events } of settled) {
    for (const event of events) deployment.report(event);
    if (events.some((event) => event.event !== 'skipped')) published.push(project);
  }
  return published;
}

async function planSteps(build: Build, { targets, signal }: Deployment): Promise<Step[]> {
  const steps: Step[] = [];
  for (const target of targets) {
    const plan = planPublish(build, await readPublished(target.store, build, signal));
    steps.push({ target, build, plan });
  }
  return steps;
}

async function describeSteps(steps: readonly Step[], deployment: Deployment): Promise<boolean> {
  const { policy, note, report, signal } = deployment;
  let isNew = false;
  for (const { target, plan } of steps) {
    const pointer = await planPointer(target.store, plan, policy, note, signal);
    const uploaded = ownFiles(plan.uploads.map(({ file }) => file)).length;
    isNew = reportOutcome('planned', { target, plan }, uploaded, pointer, report) || isNew;
  }
  return isNew;
}

async function applySteps(steps: readonly Step[], deployment: Deployment): Promise<boolean> {
  const { policy, note, report, signal } = deployment;
  let isNew = false;
  for (const [index, { target, build, plan }] of steps.entries()) {
    try {
      const { uploaded, pointer } = await applyPublish(target.store, build, plan, policy, note, signal);
      isNew = reportOutcome('published', { target, plan }, uploaded, pointer, report) || isNew;
    } catch (error) {
      if (index > 0) report(incomplete(steps, index));
      throw error;
    }
  }
  return isNew;
}

/** The environments that have the version, and those that an error kept from it. */
function incomplete(steps: readonly Step[], failed: number): PublishEvent {
  const names = steps.map((step) => step.target.environment);
  const { project = '', version = '' } = steps[failed]?.build ?? {};
  return {
    event: 'incomplete',
    project,
    version,
    published: names.slice(0, failed),
    missing: names.slice(failed),
  };
}

/** @returns true when something is new in the store */
function reportOutcome(
  event: PublishedEvent['event'],
  { target, plan }: Pick<Step, 'target' | 'plan'>,
  uploaded: number,
  pointer: PointerMove,
  report: Report,
): boolean {
  const { project, version } = plan.version;
  const { environment } = target;
  for (const { reason } of plan.skipped) report({ event: 'skipped', project, version, environment, reason });
  const isNew = plan.manifest !== undefined || pointer.kind === 'move';
  if (isNew) report(publishedEvent(event, target, plan.version, uploaded, pointer));
  return isNew;
}

/** What an interrupted run may have left open: the pointer and the copies of a version that exists. */
async function settle(
  item: Exclude<Prepared, { kind: 'deploy' }>,
  { targets, policy, note, dryRun, signal }: Deployment,
): Promise<{ readonly project: string; readonly events: readonly PublishEvent[] }> {
  const { project, version } = item.version;
  const events: PublishEvent[] = [];
  for (const target of item.kind === 'settle' ? targets : []) {
    const pointer = dryRun
      ? await planPointer(target.store, item, policy, note, signal)
      : await settlePointer(target.store, item.version, policy, note, signal);
    if (pointer.kind !== 'move') continue;
    events.push(publishedEvent(dryRun ? 'planned' : 'published', target, item.version, 0, pointer));
  }
  const reason = `unchanged since ${item.since.slice(0, 7)}, nothing to do`;
  return { project, events: events.length > 0 ? events : [{ event: 'skipped', project, version, reason }] };
}

function publishedEvent(
  event: PublishedEvent['event'],
  target: Target,
  version: BuildName,
  uploaded: number,
  pointer: PointerMove,
): PublishedEvent {
  return {
    event,
    project: version.project,
    version: version.version,
    environment: target.environment,
    url: `${target.store.url}/${buildKey(version)}`,
    uploaded,
    pointer:
      pointer.kind === 'stay'
        ? { moved: false, reason: pointer.reason }
        : {
            moved: true,
            ...(pointer.pointer.previous === undefined ? {} : { from: pointer.pointer.previous }),
            to: pointer.pointer.version,
          },
  };
}
