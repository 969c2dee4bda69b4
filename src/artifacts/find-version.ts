import { RemoteError } from '../core/errors.ts';
import { isSameVersion, normaliseVersion } from '../core/pep440.ts';
import {
  branchOfVersion,
  branchSlug,
  manifestKey,
  parseManifestKey,
  pointerKey,
  projectKey,
} from './keys.ts';
import type { Manifest } from './manifest.ts';
import { readManifest, readPointer, type StoredRecord } from './record.ts';
import type { ArtifactStore } from './store.ts';

/** A version that exists, and how it was asked for. */
export interface FoundVersion {
  readonly manifest: Manifest;
  /** Key of the manifest. */
  readonly key: string;
  /** Hash of the manifest's own bytes, as a pointer to it names it. */
  readonly sha256: string;
  readonly via: 'latest' | 'branch' | 'version';
}

/** What a user wrote as a version: `latest`, a version, or a branch. */
export type VersionWish =
  | { readonly via: 'latest' }
  | { readonly via: 'version'; readonly version: string }
  | { readonly via: 'branch'; readonly ref: string };

/**
 * Reads a version as users write it. What is a PEP 440 version is one; any other text is a branch.
 * A branch that is called `latest` or `1.2.0` is reached by its full ref, `refs/heads/1.2.0`.
 */
export function parseVersionWish(text: string): VersionWish {
  if (text === 'latest') return { via: 'latest' };
  const version = normaliseVersion(text);
  if (version !== undefined) return { via: 'version', version };
  return { via: 'branch', ref: text.startsWith('refs/heads/') ? text : `refs/heads/${text}` };
}

/** Writes a branch so that it is read as one, also when it is called `latest` or `1.2.0`. */
export function branchWish(branch: string): string {
  return parseVersionWish(branch).via === 'branch' ? branch : `refs/heads/${branch}`;
}

/** A build that only development may run: a branch, or a version that carries one. */
export function isFeatureWish(wish: VersionWish): boolean {
  return wish.via === 'branch' || (wish.via === 'version' && branchOfVersion(wish.version) !== undefined);
}

/**
 * Looks a version up: `latest` and branches by their pointer, versions by their manifest.
 * @throws RemoteError (`HERMES_MANIFEST_MISMATCH`) when the manifest is not the one that the pointer names
 */
export async function findVersion(
  store: ArtifactStore,
  team: string,
  project: string,
  wish: VersionWish,
  signal?: AbortSignal,
): Promise<FoundVersion | undefined> {
  if (wish.via === 'version') {
    return findByVersion(store, team, project, wish.version, signal);
  }
  const key = pointerKey({
    team,
    project,
    ...(wish.via === 'branch' ? { branch: branchSlug(wish.ref) } : {}),
  });
  const pointer = await readPointer(store, key, signal);
  if (pointer === undefined) return undefined;
  const expected = pointer.value.manifest;
  const record = await readManifest(store, expected.key, signal);
  if (record?.sha256 === expected.sha256) return found(expected.key, record, wish.via);
  throw new RemoteError(
    `Cannot use ${project} ${pointer.value.version}: its manifest is ${record === undefined ? 'gone' : 'not the one that was published'}.`,
    {
      code: 'HERMES_MANIFEST_MISMATCH',
      facts: { store: store.url, key: expected.key, expected: expected.sha256, found: record?.sha256 },
      nextStep: 'Someone changed the store. Name another version, and tell the owner of the store.',
    },
  );
}

async function findByVersion(
  store: ArtifactStore,
  team: string,
  project: string,
  version: string,
  signal?: AbortSignal,
): Promise<FoundVersion | undefined> {
  const branch = branchOfVersion(version);
  const key = manifestKey({ team, project, version, ...(branch === undefined ? {} : { branch }) });
  const exact = await readManifest(store, key, signal);
  if (exact !== undefined) return found(key, exact, 'version');
  if (branch !== undefined) return undefined;
  // 1.2 and 1.2.0 are one version with two spellings; the folder carries the spelling of the project.
  for await (const listed of store.list(`${projectKey(team, project)}/`, signal)) {
    const build = parseManifestKey(listed.key);
    if (build === undefined || build.branch !== undefined || !isSameVersion(build.version, version)) continue;
    const record = await readManifest(store, listed.key, signal);
    return record === undefined ? undefined : found(listed.key, record, 'version');
  }
  return undefined;
}

function found(key: string, record: StoredRecord<Manifest>, via: FoundVersion['via']): FoundVersion {
  return { manifest: record.value, key, sha256: record.sha256, via };
}
