import pMap from 'p-map';
import { sha256Hex } from '../core/sha256.ts';
import { readHistory } from './history.ts';
import { type BuildName, buildKey, manifestKey, type PointerOwner, pointerKey } from './keys.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { readManifest, readPointer, type StoredRecord, unlessDamaged } from './record.ts';
import type { ArtifactStore } from './store.ts';

/** What was checked, and what is wrong with it in words; no problems = as it was published. */
interface Checked {
  readonly problems: readonly string[];
}

export interface CheckedVersion extends Checked {
  readonly build: BuildName;
  /** Absent when it cannot be read. */
  readonly manifest?: Manifest;
  /** Read and hashed. */
  readonly files: number;
  readonly bytes: number;
}

export interface CheckedPointer extends Checked {
  readonly owner: PointerOwner;
  /** Absent when it cannot be read. */
  readonly version?: string;
  /** Where it stood, itself included; 0 for the pointer of a branch. */
  readonly moves: number;
}

/** Files of one version at a time. */
const CONCURRENCY = 4;

/** Reads every file of a version and compares size and SHA-256 with the manifest. */
export async function verifyVersion(
  store: ArtifactStore,
  build: BuildName,
  signal?: AbortSignal,
): Promise<CheckedVersion> {
  const record = await unlessDamaged(readManifest(store, manifestKey(build), signal), 'damaged');
  if (record === undefined || record === 'damaged')
    return { build, files: 0, bytes: 0, problems: [`manifest.json ${wordsFor(record)}`] };
  const manifest = record.value;
  return {
    build,
    manifest,
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
    problems: [
      ...identityProblems(build, manifest),
      ...(await verifyFiles(store, build, manifest.files, signal)),
    ],
  };
}

/** Compares files with what the manifest says of them; answers what is wrong, in words. */
export async function verifyFiles(
  store: ArtifactStore,
  build: BuildName,
  files: readonly ManifestFile[],
  signal?: AbortSignal,
): Promise<string[]> {
  const options = { concurrency: CONCURRENCY, signal };
  const problems = await pMap(files, (file) => fileProblem(store, build, file, signal), options);
  return problems.flat();
}

/** Checks that a pointer names a version that exists, by its very manifest, and that its history has no gap. */
export async function verifyPointer(
  store: ArtifactStore,
  owner: PointerOwner,
  signal?: AbortSignal,
): Promise<CheckedPointer> {
  const record = await unlessDamaged(readPointer(store, pointerKey(owner), signal), 'damaged');
  if (record === undefined || record === 'damaged')
    return { owner, moves: 0, problems: [`latest.json ${wordsFor(record)}`] };
  const { version, commit, manifest } = record.value;
  const [named, history] = await Promise.all([
    isKeyOf(owner, manifest.key)
      ? unlessDamaged(readManifest(store, manifest.key, signal), 'damaged')
      : undefined,
    owner.branch === undefined ? checkHistory(store, owner, record.value.sequence ?? 1, signal) : noHistory,
  ]);
  return {
    owner,
    version,
    moves: history.moves,
    problems: [...targetProblems(version, commit, manifest.sha256, named), ...history.problems],
  };
}

const noHistory = { moves: 0, problems: [] as string[] };

async function checkHistory(
  store: ArtifactStore,
  owner: PointerOwner,
  sequence: number,
  signal?: AbortSignal,
): Promise<typeof noHistory> {
  const history = await unlessDamaged(readHistory(store, owner, Infinity, signal), 'damaged');
  if (history === undefined || history === 'damaged')
    return { moves: 0, problems: ['the history holds an entry that Hermes did not write'] };
  const archived = new Set(history.entries.slice(1).map((entry) => entry.sequence));
  const before = Math.max(sequence - 1, ...archived);
  const missing = Array.from({ length: before }, (_, index) => index + 1).filter(
    (number) => !archived.has(number),
  );
  const problems = missing.length === 0 ? [] : [`the history lacks number ${missing.join(', ')}`];
  return { moves: history.total, problems };
}

function targetProblems(
  version: string,
  commit: string,
  hash: string,
  named: StoredRecord<Manifest> | 'damaged' | undefined,
): string[] {
  if (named === undefined || named === 'damaged')
    return [`points to ${version}, whose manifest ${wordsFor(named)}`];
  if (named.sha256 !== hash)
    return [`points to ${version}, whose manifest has other content than when it was pointed to`];
  if (named.value.version !== version || named.value.commit !== commit) {
    const other = `${named.value.version} of ${named.value.commit.slice(0, 7)}`;
    return [`says ${version} of ${commit.slice(0, 7)}, but names the manifest of ${other}`];
  }
  return [];
}

function identityProblems({ project, version }: BuildName, manifest: Manifest): string[] {
  if (manifest.project === project && manifest.version === version) return [];
  return [`manifest.json is that of ${manifest.project} ${manifest.version}`];
}

async function fileProblem(
  store: ArtifactStore,
  build: BuildName,
  file: ManifestFile,
  signal?: AbortSignal,
): Promise<string[]> {
  const folder = `${buildKey(build)}/`;
  const name = file.key.slice(file.key.lastIndexOf('/') + 1);
  if (file.key !== `${folder}${name}` || name === '..')
    return [`manifest.json names a file elsewhere: ${file.key}`];
  const found = await store.read(file.key, signal);
  if (found === undefined) return [`${name} is gone`];
  const hash = sha256Hex(found.bytes);
  if (hash === file.sha256 && found.bytes.length === file.bytes) return [];
  if (found.bytes.length !== file.bytes)
    return [`${name} has ${found.bytes.length} bytes, published were ${file.bytes}`];
  return [`${name} has other content: SHA-256 ${short(hash)}, published was ${short(file.sha256)}`];
}

function isKeyOf(owner: PointerOwner, key: string): boolean {
  const folder = pointerKey(owner).slice(0, -'latest.json'.length);
  return key.startsWith(folder) && !key.split('/').includes('..');
}

function wordsFor(state: 'damaged' | undefined): string {
  return state === undefined ? 'is gone' : 'is not what Hermes wrote';
}

function short(hash: string): string {
  return `${hash.slice(0, 12)}…`;
}
