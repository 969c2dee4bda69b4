import { compareVersions } from '../core/pep440.ts';
import { featurePrefix, manifestKey, parseManifestKey, pointerKey, projectKey } from './keys.ts';
import type { Manifest } from './manifest.ts';
import { readManifest, readPointer } from './record.ts';
import type { ArtifactStore } from './store.ts';

/** One published version of a project. */
export interface PublishedVersion {
  readonly manifest: Manifest;
  /** Key of its manifest. */
  readonly key: string;
  /** Branch of a feature build, `feature/x`; absent for a release. */
  readonly branch?: string;
  /** `latest` points here. */
  readonly isLatest: boolean;
  /** The branch's own pointer points here. */
  readonly isBranchHead: boolean;
  /** Of all its files together. */
  readonly bytes: number;
}

/** The projects of a team that have at least one published version, in order of their names. */
export async function listProjects(
  store: ArtifactStore,
  team: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const names = new Set<string>();
  for await (const { key } of store.list(`${team}/`, signal)) {
    const build = parseManifestKey(key);
    if (build !== undefined) names.add(build.project);
  }
  return [...names].sort();
}

/**
 * Every published version of a project: releases from the highest down, then feature builds by branch.
 * What has no manifest does not exist.
 */
export async function listVersions(
  store: ArtifactStore,
  team: string,
  project: string,
  signal?: AbortSignal,
): Promise<PublishedVersion[]> {
  const found: PublishedVersion[] = [];
  const heads = new Map<string, string | undefined>();
  for await (const { key } of store.list(`${projectKey(team, project)}/`, signal)) {
    const build = parseManifestKey(key);
    if (build === undefined) continue;
    const pointer = pointerKey(build);
    if (!heads.has(pointer)) heads.set(pointer, (await readPointer(store, pointer, signal))?.value.version);
    const record = await readManifest(store, manifestKey(build), signal);
    if (record !== undefined)
      found.push(describe(key, record.value, heads.get(pointer), build.branch !== undefined));
  }
  return found.sort(byBranchThenVersion);
}

/** Names of the branches that have a build, as their authors wrote them. */
export async function listBranches(
  store: ArtifactStore,
  team: string,
  project: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const names = new Set<string>();
  for await (const { key } of store.list(featurePrefix(team, project), signal)) {
    if (parseManifestKey(key) === undefined) continue;
    const record = await readManifest(store, key, signal);
    if (record !== undefined) names.add(branchName(record.value.ref));
  }
  return [...names].sort();
}

/** `refs/heads/feature/x` → `feature/x` */
function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

function describe(
  key: string,
  manifest: Manifest,
  head: string | undefined,
  isFeature: boolean,
): PublishedVersion {
  const stands = head === manifest.version;
  return {
    manifest,
    key,
    ...(isFeature ? { branch: branchName(manifest.ref) } : {}),
    isLatest: stands && !isFeature,
    isBranchHead: stands && isFeature,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
  };
}

function byBranchThenVersion(a: PublishedVersion, b: PublishedVersion): number {
  if ((a.branch ?? '') !== (b.branch ?? '')) return (a.branch ?? '') < (b.branch ?? '') ? -1 : 1;
  const order = compareVersions(b.manifest.version, a.manifest.version);
  return a.branch === undefined ? order : b.manifest.built_at.localeCompare(a.manifest.built_at) || order;
}
