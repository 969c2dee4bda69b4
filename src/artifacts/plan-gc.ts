import type { ArtifactRequest } from '../core/artifact-request.ts';
import { isSameVersion } from '../core/pep440.ts';
import { parseVersionWish } from './find-version.ts';
import type { Inventory, StoredBuild } from './inventory.ts';
import { type BranchSlug, branchSlug, buildKey, manifestKey, type PointerOwner, pointerKey } from './keys.ts';

/** Something that still needs a build. `by` names it for people: `DAG run seattle_weather/manual__2026-11-21`. */
export interface Pinned {
  /** URL of a file of the build. */
  readonly url: string;
  readonly by: string;
}

/** A version or a branch that a DAG file names. */
export interface Named {
  readonly artifacts: ArtifactRequest;
  readonly by: string;
}

/** Everything that decides which feature builds may go; gathered beforehand. */
export interface GcFacts {
  /** URL of the store. */
  readonly store: string;
  /** Of projects whose branches `liveRefs` tells. */
  readonly inventories: readonly Inventory[];
  /** The ref that a manifest records, by the manifest's key. */
  readonly refs: ReadonlyMap<string, string>;
  /** The version that a branch's pointer names, by the pointer's key. */
  readonly heads: ReadonlyMap<string, string>;
  /** Full refs of the branches that exist. */
  readonly liveRefs: ReadonlySet<string>;
  readonly pinned: readonly Pinned[];
  readonly named: readonly Named[];
  readonly now: Date;
  /** A build whose newest file is younger is kept. */
  readonly graceDays: number;
}

/** What happens to one feature build, and why. */
export interface GcDecision {
  readonly build: StoredBuild;
  readonly branch: BranchSlug;
  /** `refs/heads/feature/x`; absent when no manifest of the branch is left to tell. */
  readonly ref?: string;
  readonly action: 'delete' | 'keep';
  readonly reason: string;
}

/** What a collection would do. Only feature builds and pointers of branches are ever in it. */
export interface GcPlan {
  readonly decisions: readonly GcDecision[];
  /** Pointers that would lead nowhere. They go first, so that nobody is led to a build that is going. */
  readonly pointers: readonly PointerOwner[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A build without a manifest may be a publish that is still at work. */
const UNFINISHED_GRACE_DAYS = 1;

/** Decides which feature builds go: those of branches that are gone, that nothing names or pins, and that are old. */
export function planGc(facts: GcFacts): GcPlan {
  const live = new Set([...facts.liveRefs].map(branchSlug));
  const decisions = facts.inventories.flatMap(({ builds }) =>
    builds.flatMap((build) => {
      const { branch } = build.name;
      return branch === undefined ? [] : [decide(facts, live, build, branch)];
    }),
  );
  return { decisions, pointers: strayPointers(facts, live, decisions) };
}

function decide(
  facts: GcFacts,
  live: ReadonlySet<BranchSlug>,
  build: StoredBuild,
  branch: BranchSlug,
): GcDecision {
  const ref = facts.refs.get(manifestKey(build.name)) ?? refOfSibling(facts, build);
  const days = ageInDays(build, facts.now);
  const grace = build.isPublished ? facts.graceDays : Math.max(facts.graceDays, UNFINISHED_GRACE_DAYS);
  const reason =
    reasonToKeep(facts, live, build, branch, ref) ?? (days < grace ? young(days, grace) : undefined);
  const base = { build, branch, ...(ref === undefined ? {} : { ref }) };
  if (reason !== undefined) return { ...base, action: 'keep', reason };
  const what = build.isPublished ? 'the branch is gone' : 'the branch is gone, the build has no manifest';
  return { ...base, action: 'delete', reason: `${what}; ${daysText(days)} old` };
}

function reasonToKeep(
  facts: GcFacts,
  live: ReadonlySet<BranchSlug>,
  build: StoredBuild,
  branch: BranchSlug,
  ref: string | undefined,
): string | undefined {
  if (live.has(branch) || (ref !== undefined && facts.liveRefs.has(ref))) return 'the branch lives';
  const naming = facts.named.find(({ artifacts }) => isNamed(artifacts, build, branch));
  if (naming !== undefined) return `named by ${naming.by}`;
  const prefix = `${facts.store}/${buildKey(build.name)}/`;
  const pinning = facts.pinned.find(({ url }) => url.startsWith(prefix));
  return pinning === undefined ? undefined : `pinned by ${pinning.by}`;
}

function isNamed(request: ArtifactRequest, { name }: StoredBuild, branch: BranchSlug): boolean {
  if (request.team !== name.team || request.project !== name.project) return false;
  return [request.scriptVersion, request.libraryVersion].some((text) => {
    if (text === undefined || text === 'none') return false;
    const wish = parseVersionWish(text);
    if (wish.via === 'branch') return branchSlug(wish.ref) === branch;
    return wish.via === 'version' && isSameVersion(wish.version, name.version);
  });
}

/** Builds of one branch record the same ref, so that what lacks a manifest learns it from the others. */
function refOfSibling({ refs, inventories }: GcFacts, { name }: StoredBuild): string | undefined {
  const siblings = inventories.find(({ project }) => project === name.project)?.builds ?? [];
  const keys = siblings
    .filter((each) => each.name.branch === name.branch)
    .map((each) => manifestKey(each.name));
  return keys.map((key) => refs.get(key)).find((ref) => ref !== undefined);
}

function strayPointers(
  { inventories, heads }: GcFacts,
  live: ReadonlySet<BranchSlug>,
  decisions: readonly GcDecision[],
): PointerOwner[] {
  const owners = inventories.flatMap(({ pointers }) => pointers);
  return owners.filter((owner) => {
    if (owner.branch === undefined || live.has(owner.branch)) return false;
    const own = decisions.filter(
      ({ build, branch }) => branch === owner.branch && build.name.project === owner.project,
    );
    const head = own.find(({ build }) => build.name.version === heads.get(pointerKey(owner)));
    return own.every(({ action }) => action === 'delete') || head?.action === 'delete';
  });
}

function ageInDays({ keys }: StoredBuild, now: Date): number {
  const newest = Math.max(...keys.map(({ modifiedAt }) => modifiedAt.getTime()));
  return (now.getTime() - newest) / DAY_MS;
}

function young(days: number, grace: number): string {
  return `${daysText(days)} old, kept for ${daysText(grace)}`;
}

function daysText(days: number): string {
  const whole = Math.max(0, Math.floor(days));
  return `${whole} day${whole === 1 ? '' : 's'}`;
}
