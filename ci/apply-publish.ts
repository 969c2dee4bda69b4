import { type BuildName, manifestKey, pointerKey } from '../src/artifacts/keys.ts';
import { type Manifest, ownFiles } from '../src/artifacts/manifest.ts';
import { movePointer, type PointerMove, type PointerTarget } from '../src/artifacts/pointer.ts';
import { encodeRecord, readManifest, readPointer, type StoredRecord } from '../src/artifacts/record.ts';
import type { ArtifactStore } from '../src/artifacts/store.ts';
import { sha256Hex } from '../src/core/sha256.ts';
import type { Build, BuiltFile } from './build.ts';
import { refreshLatestCopies } from './latest-copies.ts';
import { type PublishPlan, type Upload, versionTaken } from './plan-publish.ts';
import type { PointerPolicy } from './pointer-policy.ts';
import { wheelContentHash } from './wheel.ts';

/** What a publish did to one store. */
export interface Published {
  /** Files of the project that this run wrote; the manifest and what Hermes adds are not counted. */
  readonly uploaded: number;
  readonly pointer: PointerMove;
}

/** Who moves the pointer, when and why; kept in the pointer. */
export type PointerNote = Pick<PointerTarget, 'movedAt' | 'movedBy' | 'reason'>;

/**
 * Carries a plan out. Files first, then the manifest that makes the version exist, then the pointer, then the copies
 * under `latest/`. It may die anywhere: what is half there is invisible, and the same command completes it.
 * @throws VersionTakenError when another publish of this version, with other content, was faster
 */
export async function applyPublish(
  store: ArtifactStore,
  build: Build,
  plan: PublishPlan,
  policy: PointerPolicy,
  note: PointerNote,
  signal?: AbortSignal,
): Promise<Published> {
  const written: BuiltFile[] = [];
  const stored = new Map<string, StoredFile>();
  for (const upload of plan.uploads) {
    const outcome = await putFile(store, build, upload, signal);
    stored.set(upload.key, outcome);
    if (outcome.isNew) written.push(upload.file);
  }
  const standing =
    plan.manifest === undefined
      ? undefined
      : await putManifest(store, build, plan.manifest.key, withStored(plan.manifest.value, stored), signal);
  const uploaded = ownFiles(written).length;
  return { uploaded, pointer: await settlePointer(store, plan.version, policy, note, signal, standing) };
}

/**
 * What follows once a version exists: the pointer and the copies. Done again it changes nothing, so a run that finds
 * the version published completes what an interrupted one left open.
 * @param known the manifest of the version, when it was just written
 */
export async function settlePointer(
  store: ArtifactStore,
  version: BuildName,
  policy: PointerPolicy,
  note: PointerNote,
  signal?: AbortSignal,
  known?: ManifestRecord,
): Promise<PointerMove> {
  const manifest = known ?? (await readManifest(store, manifestKey(version), signal));
  if (manifest === undefined) return { kind: 'stay', reason: `${version.version} is not published` };
  const target = pointerTarget(version, manifest, note);
  const pointer = await movePointer(store, version, policy(target), signal);
  if (version.branch === undefined) await refreshLatestCopies(store, version, signal);
  return pointer;
}

/** What {@link applyPublish} would do about the pointer, as the store stands. */
export async function planPointer(
  store: ArtifactStore,
  plan: Pick<PublishPlan, 'version' | 'manifest'>,
  policy: PointerPolicy,
  note: PointerNote,
  signal?: AbortSignal,
): Promise<PointerMove> {
  const { version, manifest } = plan;
  const [standing, pointer] = await Promise.all([
    manifest === undefined ? readManifest(store, manifestKey(version), signal) : recordOf(manifest.value),
    readPointer(store, pointerKey(version), signal),
  ]);
  if (standing === undefined) return { kind: 'stay', reason: `${version.version} is not published` };
  return policy(pointerTarget(version, standing, note))(pointer?.value);
}

/** A manifest with the hash of its bytes. */
type ManifestRecord = Pick<StoredRecord<Manifest>, 'value' | 'sha256'>;

function recordOf(value: Manifest): ManifestRecord {
  return { value, sha256: sha256Hex(encodeRecord(value)) };
}

function pointerTarget(
  version: BuildName,
  { value, sha256 }: ManifestRecord,
  note: PointerNote,
): PointerTarget {
  const manifest = { key: manifestKey(version), sha256 };
  return { version: value.version, commit: value.commit, manifest, ...note };
}

interface StoredFile {
  readonly sha256: string;
  readonly bytes: number;
  readonly isNew: boolean;
}

/** Creates a file; one that is there already is fine when it does the same. */
async function putFile(
  store: ArtifactStore,
  build: Build,
  { key, file }: Upload,
  signal?: AbortSignal,
): Promise<StoredFile> {
  if ((await store.create(key, file.bytes, signal)) === 'written') {
    return { sha256: file.sha256, bytes: file.bytes.length, isNew: true };
  }
  const found = await store.read(key, signal);
  const bytes = found?.bytes ?? new Uint8Array();
  const hash = sha256Hex(bytes);
  if (hash !== file.sha256 && !(await isEqual(file, bytes))) {
    // A publisher who was faster has written it by now, or not yet.
    const other = await readManifest(store, manifestKey(build), signal);
    throw versionTaken(build, store.url, other?.value, key);
  }
  return { sha256: hash, bytes: bytes.length, isNew: false };
}

/** Whether other bytes do the same: another build of the wheel, or the module that another Hermes brought along. */
async function isEqual({ kind, contentHash }: BuiltFile, bytes: Uint8Array): Promise<boolean> {
  if (kind === 'script') return false;
  const content = await wheelContentHash(bytes).catch(() => undefined);
  return kind === 'runtime' ? content !== undefined : content === contentHash;
}

async function putManifest(
  store: ArtifactStore,
  build: Build,
  key: string,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<ManifestRecord> {
  if ((await store.create(key, encodeRecord(manifest), signal)) === 'written') return recordOf(manifest);
  const other = await readManifest(store, key, signal);
  const hashes = (of: Manifest): string =>
    ownFiles(of.files)
      .map((file) => file.sha256)
      .sort()
      .join();
  if (other !== undefined && hashes(other.value) === hashes(manifest)) return other;
  throw versionTaken(build, store.url, other?.value, key);
}

/** A manifest tells what the store holds, which another run with an equal wheel may have written. */
function withStored(manifest: Manifest, stored: ReadonlyMap<string, StoredFile>): Manifest {
  return {
    ...manifest,
    files: manifest.files.map((file) => {
      const found = stored.get(file.key);
      return found === undefined ? file : { ...file, sha256: found.sha256, bytes: found.bytes };
    }),
  };
}
