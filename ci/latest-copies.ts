import { latestCopyKey, pointerKey } from '../src/artifacts/keys.ts';
import { type Manifest, type ManifestFile, ownFiles } from '../src/artifacts/manifest.ts';
import { readManifest, readPointer } from '../src/artifacts/record.ts';
import type { ArtifactStore } from '../src/artifacts/store.ts';
import { type Clock, systemClock } from '../src/core/clock.ts';
import { RemoteError } from '../src/core/errors.ts';
import { hermesVersion } from '../src/core/package-root.ts';
import { type CopiesMark, encodeMark, isSameBuilder, markKey, readMark } from './copies-mark.ts';
import { readChecked } from './read-published.ts';
import { reversionWheel } from './reversion-wheel.ts';

/** The version inside the copy of a wheel: the one constant name that pip, uv and `packaging` all take. */
const LATEST_VERSION = '0+latest';
const MAX_ROUNDS = 50;
const LONGEST_WAIT_MS = 200;

interface ProjectName {
  readonly team: string;
  readonly project: string;
}

/**
 * Brings `latest/` in line with the pointer, for people and old jobs that want a constant name. A mark is set to
 * incomplete before and to complete afterwards, by compare-and-swap: of two that write at once, one begins again, and
 * what a crash left half is seen by the next publish.
 * @throws RemoteError (`HERMES_COPY_CONTENDED`) when other writers are always faster
 */
export async function refreshLatestCopies(
  store: ArtifactStore,
  name: ProjectName,
  signal?: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (round > 0) await clock.sleep(Math.random() * LONGEST_WAIT_MS, signal);
    if ((await tryRefresh(store, name, signal)) === 'done') return;
  }
  throw contended(store, markKey(name.team, name.project));
}

async function tryRefresh(
  store: ArtifactStore,
  { team, project }: ProjectName,
  signal?: AbortSignal,
): Promise<'done' | 'again'> {
  const [pointer, mark] = await Promise.all([
    readPointer(store, pointerKey({ team, project }), signal),
    readMark(store, team, project, signal),
  ]);
  if (pointer === undefined || isUpToDate(mark?.value, pointer.value.version)) return 'done';
  const { version, manifest } = pointer.value;
  const key = markKey(team, project);
  const begun = encodeMark({ version, tree: '', builder: hermesVersion, complete: false });
  if ((await store.replace(key, begun, mark?.etag, signal)) === 'conflict') return 'again';
  const [standing, record] = await Promise.all([
    store.read(key, signal),
    readManifest(store, manifest.key, signal),
  ]);
  if (standing === undefined || Buffer.compare(standing.bytes, begun) !== 0) return 'again';
  if (record === undefined) return 'done';
  await writeCopies(store, team, record.value, signal);
  const done = { version, tree: record.value.tree, builder: hermesVersion, complete: true };
  return (await store.replace(key, encodeMark(done), standing.etag, signal)) === 'written' ? 'done' : 'again';
}

function isUpToDate(mark: CopiesMark | undefined, version: string): boolean {
  return mark?.complete === true && mark.version === version && isSameBuilder(mark.builder);
}

/** The project's own files only. Overwrites what differs; copies of scripts that the version lacks stay, since nothing is deleted by a publish. */
async function writeCopies(
  store: ArtifactStore,
  team: string,
  { files, project }: Manifest,
  signal?: AbortSignal,
): Promise<void> {
  await Promise.all(
    ownFiles(files).map(async (file) => {
      const copy = await copyOf(store, file, signal);
      await overwrite(store, latestCopyKey(team, project, copy.fileName), copy.bytes, signal);
    }),
  );
}

/** The copy of a published file: a script as it is, a wheel under the constant version. */
export async function copyOf(
  store: ArtifactStore,
  { key, sha256, kind, script }: ManifestFile,
  signal?: AbortSignal,
): Promise<{ fileName: string; bytes: Uint8Array }> {
  const bytes = await readChecked(store, key, sha256, signal);
  if (kind === 'script') return { fileName: `${script}-latest.py`, bytes };
  return reversionWheel({ fileName: key.slice(key.lastIndexOf('/') + 1), bytes }, LATEST_VERSION);
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
  throw contended(store, key);
}

function contended(store: ArtifactStore, key: string): RemoteError {
  return new RemoteError('Cannot write the copies under latest/: other writers were faster each time.', {
    code: 'HERMES_COPY_CONTENDED',
    facts: { store: store.url, key },
    nextStep: 'Run the same command again.',
  });
}
