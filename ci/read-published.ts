import { findVersion } from '../src/artifacts/find-version.ts';
import type { BuildName } from '../src/artifacts/keys.ts';
import type { Manifest } from '../src/artifacts/manifest.ts';
import type { ArtifactStore } from '../src/artifacts/store.ts';
import { RemoteError } from '../src/core/errors.ts';
import { sha256Hex } from '../src/core/sha256.ts';
import type { Build, BuiltFile } from './build.ts';
import type { PublishedState } from './plan-publish.ts';
import { wheelContentHash } from './wheel.ts';

/** The manifest of a version, under any of its spellings. */
export async function findManifest(
  store: ArtifactStore,
  { team, project, version }: BuildName,
  signal?: AbortSignal,
): Promise<Manifest | undefined> {
  return (await findVersion(store, team, project, { via: 'version', version }, signal))?.manifest;
}

/** Reads what a plan has to know of a store. */
export async function readPublished(
  store: ArtifactStore,
  build: Build,
  signal?: AbortSignal,
): Promise<PublishedState> {
  const manifest = await findManifest(store, build, signal);
  return { store: store.url, manifest, contentHashes: await otherWheels(store, build, manifest, signal) };
}

/** A published build read back, every file checked against its manifest: what goes on to the next environment. */
export async function loadBuild(
  store: ArtifactStore,
  name: BuildName,
  manifest: Manifest,
  versionPlace: string,
  signal?: AbortSignal,
): Promise<Build> {
  const files: BuiltFile[] = [];
  for (const file of manifest.files) {
    const bytes = await readChecked(store, file.key, file.sha256, signal);
    files.push({
      fileName: file.key.slice(file.key.lastIndexOf('/') + 1),
      kind: file.kind,
      ...(file.script === undefined ? {} : { script: file.script }),
      bytes,
      sha256: file.sha256,
      contentHash: file.kind === 'wheel' ? await wheelContentHash(bytes) : file.sha256,
    });
  }
  return {
    team: name.team,
    project: name.project,
    version: manifest.version,
    ...(name.branch === undefined ? {} : { branch: name.branch }),
    commit: manifest.commit,
    ref: manifest.ref,
    tree: manifest.tree,
    ...(manifest.author === undefined ? {} : { author: manifest.author }),
    ...(manifest.run_url === undefined ? {} : { runUrl: manifest.run_url }),
    builder: manifest.builder,
    builtAt: manifest.built_at,
    ...(manifest.requires_python === undefined ? {} : { requiresPython: manifest.requires_python }),
    dependencies: manifest.dependencies,
    files,
    versionPlace,
  };
}

/** Bytes of a published file. @throws RemoteError when they are gone or not what was published */
export async function readChecked(
  store: ArtifactStore,
  key: string,
  expected: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const found = await store.read(key, signal);
  const hash = found === undefined ? undefined : sha256Hex(found.bytes);
  if (found !== undefined && hash === expected) return found.bytes;
  throw new RemoteError(
    `Cannot use a published file: it is ${found === undefined ? 'gone' : 'not the one that was published'}.`,
    {
      code: 'HERMES_FILE_MISMATCH',
      facts: { store: store.url, key, expected, found: hash },
      nextStep: 'Someone changed the store: tell its owner.',
    },
  );
}

async function otherWheels(
  store: ArtifactStore,
  build: Build,
  manifest: Manifest | undefined,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const own = new Set(build.files.map((file) => file.sha256));
  const hashes = new Map<string, string>();
  for (const file of manifest?.files ?? []) {
    if (file.kind !== 'wheel' || own.has(file.sha256)) continue;
    hashes.set(file.sha256, await wheelContentHash(await readChecked(store, file.key, file.sha256, signal)));
  }
  return hashes;
}
