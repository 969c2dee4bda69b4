import pMap from 'p-map';
import { branchSlug, manifestKey, pointerKey } from './keys.ts';
import type { GcDecision, GcPlan } from './plan-gc.ts';
import type { ArtifactStore } from './store.ts';

/** What a collection did. */
export interface Collected {
  readonly deleted: readonly GcDecision[];
  /** Left because their branch came back since the plan was made. */
  readonly revived: readonly GcDecision[];
}

const CONCURRENCY = 16;

/**
 * Carries a plan out: pointers, then manifests, then files, so that no reader ever sees a version without its bytes.
 * It may die anywhere: what it leaves is found by the next plan.
 * @param liveRefs branches as they are right before; a branch that came back keeps its builds
 */
export async function applyGc(
  store: ArtifactStore,
  plan: GcPlan,
  liveRefs: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<Collected> {
  const live = new Set([...liveRefs].map(branchSlug));
  const planned = plan.decisions.filter(({ action }) => action === 'delete');
  const [revived, deleted] = [
    planned.filter(({ branch }) => live.has(branch)),
    planned.filter(({ branch }) => !live.has(branch)),
  ];
  const pointers = plan.pointers.filter(({ branch }) => branch !== undefined && !live.has(branch));
  const manifests = deleted.map(({ build }) => manifestKey(build.name));
  const files = deleted.flatMap(({ build }) =>
    build.keys.map(({ key }) => key).filter((key) => key !== manifestKey(build.name)),
  );
  for (const keys of [pointers.map(pointerKey), manifests, files]) {
    await pMap(keys, (key) => store.remove(key, signal), { concurrency: CONCURRENCY, signal });
  }
  return { deleted, revived };
}
