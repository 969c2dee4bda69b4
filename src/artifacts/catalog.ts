import pMap from 'p-map';
import { compareVersions } from '../core/pep440.ts';
import { type BuildName, manifestKey, parseManifestKey, pointerKey, projectKey } from './keys.ts';
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

/** Requests to a store at a time. */
const CONCURRENCY = 16;

/** The projects of a team that have at least one published version, in order of their names. */
export async function listProjects(
  store: ArtifactStore,
  team: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const builds = await listBuilds(store, `${team}/`, signal);
  return [...new Set(builds.map(({ project }) => project))].sort();
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
  const builds = await listBuilds(store, `${projectKey(team, project)}/`, signal);
  return describeAll(store, builds, signal);
}

/** Every published version of every project of a team, by the names of the projects. */
export async function listTeam(
  store: ArtifactStore,
  team: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly PublishedVersion[]>> {
  const versions = await describeAll(store, await listBuilds(store, `${team}/`, signal), signal);
  const byProject = Map.groupBy(versions, ({ manifest }) => manifest.project);
  return new Map([...byProject].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `refs/heads/feature/x` → `feature/x` */
export function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

/** What has a manifest, by one walk over the keys. */
export async function listBuilds(
  store: ArtifactStore,
  prefix: string,
  signal?: AbortSignal,
): Promise<BuildName[]> {
  const builds: BuildName[] = [];
  for await (const { key } of store.list(prefix, signal)) {
    const build = parseManifestKey(key);
    if (build !== undefined) builds.push(build);
  }
  return builds;
}

async function describeAll(
  store: ArtifactStore,
  builds: readonly BuildName[],
  signal?: AbortSignal,
): Promise<PublishedVersion[]> {
  const options = { concurrency: CONCURRENCY, signal };
  const pointers = [...new Set(builds.map(pointerKey))];
  const [heads, found] = await Promise.all([
    pMap(pointers, async (key) => (await readPointer(store, key, signal))?.value.version, options),
    pMap(builds, (build) => readManifest(store, manifestKey(build), signal), options),
  ]);
  const headOf = new Map(pointers.map((key, index) => [key, heads[index]]));
  return builds
    .flatMap((build, index) => {
      const manifest = found[index]?.value;
      return manifest === undefined ? [] : [describe(build, manifest, headOf.get(pointerKey(build)))];
    })
    .sort(byBranchThenVersion);
}

function describe(build: BuildName, manifest: Manifest, head: string | undefined): PublishedVersion {
  const stands = head === manifest.version;
  const isFeature = build.branch !== undefined;
  return {
    manifest,
    key: manifestKey(build),
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
