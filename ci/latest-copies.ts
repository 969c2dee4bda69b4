import { latestCopyKey, pointerKey } from '../src/artifacts/keys.ts';
import type { Manifest } from '../src/artifacts/manifest.ts';
import { readManifest, readPointer } from '../src/artifacts/record.ts';
import type { ArtifactStore } from '../src/artifacts/store.ts';
import { RemoteError } from '../src/core/errors.ts';
import { readChecked } from './read-published.ts';
import { reversionWheel } from './reversion-wheel.ts';

/** The version inside the copy of a wheel: the one constant name that pip, uv and `packaging` all take. */
const LATEST_VERSION = '0+latest';
const MAX_ROUNDS = 20;

/**
 * Brings `latest/` in line with the pointer, for people and old jobs that want a constant name. Reads the pointer
 * again afterwards: of two publishes at once, the later to finish leaves the copies of the higher version.
 */
export async function refreshLatestCopies(
  store: ArtifactStore,
  { team, project }: { readonly team: string; readonly project: string },
  signal?: AbortSignal,
): Promise<void> {
  const key = pointerKey({ team, project });
  let written: string | undefined;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const pointer = (await readPointer(store, key, signal))?.value;
    if (pointer === undefined || pointer.version === written) return;
    const manifest = (await readManifest(store, pointer.manifest.key, signal))?.value;
    if (manifest !== undefined) await writeCopies(store, team, manifest, signal);
    written = pointer.version;
  }
}

/** Overwrites what differs; copies of scripts that the version lacks stay, since nothing is deleted by a publish. */
async function writeCopies(
  store: ArtifactStore,
  team: string,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<void> {
  const scripts = manifest.files.filter((file) => file.kind === 'script');
  const wheels = manifest.files.filter((file) => file.kind === 'wheel');
  for (const { key, sha256 } of wheels) {
    const fileName = key.slice(key.lastIndexOf('/') + 1);
    const wheel = { fileName, bytes: await readChecked(store, key, sha256, signal) };
    const copy = await reversionWheel(wheel, LATEST_VERSION);
    await overwrite(store, latestCopyKey(team, manifest.project, copy.fileName), copy.bytes, signal);
  }
  for (const { key, sha256, script } of scripts) {
    const bytes = await readChecked(store, key, sha256, signal);
    await overwrite(store, latestCopyKey(team, manifest.project, `${script}-latest.py`), bytes, signal);
  }
}

async function overwrite(
  store: ArtifactStore,
  key: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const current = await store.read(key, signal);
    if (current !== undefined && Buffer.compare(current.bytes, bytes) === 0) return;
    if ((await store.replace(key, bytes, current?.etag, signal)) === 'written') return;
  }
  throw new RemoteError('Cannot write a copy under latest/: other writers were faster each time.', {
    code: 'HERMES_COPY_CONTENDED',
    facts: { store: store.url, key },
    nextStep: 'Run the same command again.',
  });
}
