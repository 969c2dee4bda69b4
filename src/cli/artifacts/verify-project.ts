import pMap from 'p-map';
import { verifyCopies } from '../../../ci/verify-copies.ts';
import { parseVersionWish } from '../../artifacts/find-version.ts';
import type { Inventory, StoredBuild } from '../../artifacts/inventory.ts';
import { branchSlug, type PointerOwner } from '../../artifacts/keys.ts';
import {
  type CheckedPointer,
  type CheckedVersion,
  verifyPointer,
  verifyVersion,
} from '../../artifacts/verify.ts';
import { compareVersions, isSameVersion } from '../../core/pep440.ts';
import type { TeamStore } from './team-store.ts';

/** What a verification found out about one project. */
export interface ProjectCheck {
  readonly project: string;
  /** Releases from the highest down, then builds of branches. */
  readonly versions: readonly CheckedVersion[];
  readonly pointers: readonly CheckedPointer[];
  /** Builds without a manifest, which do not exist for readers. */
  readonly unfinished: readonly StoredBuild[];
}

/** Versions of one project at a time; each reads a few files at once. */
const CONCURRENCY = 4;

/**
 * Checks the versions of a project, its pointers and the copies under `latest/`.
 * @param wish one version: `latest`, a version in any spelling, or a branch; absent = all
 */
export async function verifyProject(
  { store, team }: TeamStore,
  inventory: Inventory,
  wish: string | undefined,
  signal: AbortSignal,
): Promise<ProjectCheck> {
  const options = { concurrency: CONCURRENCY, signal };
  const owners = inventory.pointers.filter((owner) => isWanted(wish, owner));
  const pointers = await pMap(owners, (owner) => verifyPointer(store, owner, signal), options);
  const builds = inventory.builds.filter((build) => isWantedBuild(wish, build, pointers));
  const published = builds.filter(({ isPublished }) => isPublished).toSorted(byBranchThenVersion);
  const versions = await pMap(published, ({ name }) => verifyVersion(store, name, signal), options);
  const latest = await pMap(pointers, async (pointer) => {
    const manifest = versions.find(({ build }) => isHead(pointer, build))?.manifest;
    if (pointer.owner.branch !== undefined || manifest === undefined) return pointer;
    const problems = await verifyCopies(store, team, manifest, signal);
    return { ...pointer, problems: [...pointer.problems, ...problems] };
  });
  return {
    project: inventory.project,
    versions,
    pointers: latest,
    unfinished: builds.filter(({ isPublished }) => !isPublished),
  };
}

/** Pointers are checked with the version that they lead to: all of them, or the one that was asked for. */
function isWanted(text: string | undefined, owner: PointerOwner): boolean {
  if (text === undefined) return true;
  const wish = parseVersionWish(text);
  if (wish.via === 'latest') return owner.branch === undefined;
  return wish.via === 'branch' && owner.branch === branchSlug(wish.ref);
}

function isWantedBuild(
  text: string | undefined,
  { name }: StoredBuild,
  pointers: readonly CheckedPointer[],
): boolean {
  if (text === undefined) return true;
  const wish = parseVersionWish(text);
  if (wish.via === 'latest') return pointers.some((pointer) => isHead(pointer, name));
  if (wish.via === 'branch') return name.branch === branchSlug(wish.ref);
  return isSameVersion(name.version, wish.version);
}

function isHead({ owner, version }: CheckedPointer, build: StoredBuild['name']): boolean {
  return owner.branch === build.branch && version === build.version;
}

function byBranchThenVersion({ name: a }: StoredBuild, { name: b }: StoredBuild): number {
  const [one, other] = [a.branch ?? '', b.branch ?? ''];
  return one === other ? compareVersions(b.version, a.version) : one < other ? -1 : 1;
}
