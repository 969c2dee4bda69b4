import { type BuildName, buildKey } from '../src/artifacts/keys.ts';
import type { PointerMove } from '../src/artifacts/pointer.ts';
import { applyPublish, type PointerNote, planPointer, settlePointer } from './apply-publish.ts';
import type { Build } from './build.ts';
import { type PublishPlan, planPublish } from './plan-publish.ts';
import type { PointerPolicy } from './pointer-policy.ts';
import type { Prepared } from './prepare-project.ts';
import type { PublishedEvent, Report } from './publish-event.ts';
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

/**
 * Publishes what is prepared: plans everything first, so that a taken version stops it before anything is written;
 * then project by project, environment by environment, what is unchanged at the end.
 * @returns names of the projects of which something was written, or would be
 */
export async function deploy(prepared: readonly Prepared[], deployment: Deployment): Promise<string[]> {
  const steps = await planSteps(prepared, deployment);
  const published: string[] = [];
  for (const item of prepared) {
    if (item.kind !== 'deploy') continue;
    if (await applySteps(steps.get(item) ?? [], deployment)) published.push(item.build.project);
  }
  for (const item of prepared) {
    if (item.kind === 'deploy') continue;
    if (await complete(item, deployment)) published.push(item.version.project);
  }
  return published;
}

async function planSteps(
  prepared: readonly Prepared[],
  { targets, signal }: Deployment,
): Promise<Map<Prepared, Step[]>> {
  const steps = new Map<Prepared, Step[]>();
  for (const item of prepared) {
    if (item.kind !== 'deploy') continue;
    const { build } = item;
    const planned: Step[] = [];
    for (const target of targets) {
      planned.push({
        target,
        build,
        plan: planPublish(build, await readPublished(target.store, build, signal)),
      });
    }
    steps.set(item, planned);
  }
  return steps;
}

async function applySteps(steps: readonly Step[], deployment: Deployment): Promise<boolean> {
  const { policy, note, report, signal } = deployment;
  let isNew = false;
  for (const [index, { target, build, plan }] of steps.entries()) {
    if (deployment.dryRun) {
      const pointer = await planPointer(target.store, plan, policy, note, signal);
      reportOutcome('planned', target, plan, plan.uploads.length, pointer, report);
      isNew ||= plan.manifest !== undefined || pointer.kind === 'move';
      continue;
    }
    try {
      const { uploaded, pointer } = await applyPublish(target.store, build, plan, policy, note, signal);
      reportOutcome('published', target, plan, uploaded, pointer, report);
      isNew ||= plan.manifest !== undefined || pointer.kind === 'move';
    } catch (error) {
      const names = steps.map((step) => step.target.environment);
      if (index > 0) {
        const { project, version } = build;
        report({
          event: 'incomplete',
          project,
          version,
          published: names.slice(0, index),
          missing: names.slice(index),
        });
      }
      throw error;
    }
  }
  return isNew;
}

function reportOutcome(
  event: PublishedEvent['event'],
  target: Target,
  plan: PublishPlan,
  uploaded: number,
  pointer: PointerMove,
  report: Report,
): void {
  const { project, version } = plan.version;
  const { environment } = target;
  for (const { reason } of plan.skipped) report({ event: 'skipped', project, version, environment, reason });
  if (plan.manifest !== undefined || pointer.kind === 'move') {
    report(publishedEvent(event, target, plan.version, uploaded, pointer));
  }
}

/** What an interrupted run may have left open: the pointer and the copies of a version that exists. */
async function complete(
  item: Exclude<Prepared, { kind: 'deploy' }>,
  deployment: Deployment,
): Promise<boolean> {
  const { targets, policy, note, dryRun, report, signal } = deployment;
  const { project, version } = item.version;
  let moved = false;
  for (const target of item.kind === 'settle' ? targets : []) {
    const settle = dryRun
      ? planPointer(target.store, item, policy, note, signal)
      : settlePointer(target.store, item.version, policy, note, signal);
    const pointer = await settle;
    if (pointer.kind !== 'move') continue;
    moved = true;
    report(publishedEvent(dryRun ? 'planned' : 'published', target, item.version, 0, pointer));
  }
  const reason = `unchanged since ${item.since.slice(0, 7)}, nothing to do`;
  if (!moved) report({ event: 'skipped', project, version, reason });
  return moved;
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
