import { latestCopyKey } from '../src/artifacts/keys.ts';
import { type Manifest, type ManifestFile, ownFiles } from '../src/artifacts/manifest.ts';
import type { ArtifactStore } from '../src/artifacts/store.ts';
import { HermesError } from '../src/core/errors.ts';
import { readMark } from './copies-mark.ts';
import { copyOf } from './latest-copies.ts';
import { wheelContentHash } from './wheel.ts';

/**
 * Compares the copies under `latest/` with the version that `latest` names.
 * @returns what is wrong, in words; nothing when they are its scripts and its wheel
 */
export async function verifyCopies(
  store: ArtifactStore,
  team: string,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<string[]> {
  const { project, version, files } = manifest;
  const mark = (await readMark(store, team, project, signal))?.value;
  if (mark?.complete === false)
    return ['the copies under latest/ are half written: a publish is at work, or died'];
  if (mark !== undefined && mark.version !== version)
    return [`the copies under latest/ are those of ${mark.version}`];
  const problems = await Promise.all(
    ownFiles(files).map((file) => copyProblem(store, team, project, file, signal)),
  );
  return problems.flat();
}

async function copyProblem(
  store: ArtifactStore,
  team: string,
  project: string,
  file: ManifestFile,
  signal?: AbortSignal,
): Promise<string[]> {
  const copy = await copyOf(store, file, signal).catch(ignoreMismatch);
  // What is wrong with the file itself is said of its version.
  if (copy === undefined) return [];
  const found = await store.read(latestCopyKey(team, project, copy.fileName), signal);
  if (found === undefined) return [`latest/${copy.fileName} is missing`];
  if (Buffer.compare(found.bytes, copy.bytes) === 0) return [];
  const isSame = file.kind === 'wheel' && (await installsTheSame(found.bytes, copy.bytes));
  return isSame ? [] : [`latest/${copy.fileName} has other content`];
}

async function installsTheSame(one: Uint8Array, other: Uint8Array): Promise<boolean> {
  const hash = await wheelContentHash(one).catch(() => undefined);
  return hash !== undefined && hash === (await wheelContentHash(other));
}

function ignoreMismatch(error: unknown): undefined {
  if (error instanceof HermesError && error.code === 'HERMES_FILE_MISMATCH') return undefined;
  throw error;
}
