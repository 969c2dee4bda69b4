import { sha256Hex } from '../core/sha256.ts';

/** Longest branch slug, its hash included; with `.g` and 8 digits of the commit it stays below 64. */
const MAX_BRANCH_LENGTH = 40;
const HASH_LENGTH = 8;

/** A branch as part of a key and of a Python version: `feature.new.column.h1f0c9d2e`. */
export type BranchSlug = string;

/** Which of a project's builds: a release, or a feature build of a branch. */
export interface BuildName {
  readonly team: string;
  readonly project: string;
  /** Normalised; of a feature build with its local label. */
  readonly version: string;
  /** Absent for a release. */
  readonly branch?: BranchSlug;
}

/**
 * The slug of a branch: readable, legal in PEP 440 without change, and told apart from its look-alikes by a hash
 * over the exact ref. Branch names are hostile input: nothing of them but `[a-z0-9]` survives.
 * @param ref the full ref, `refs/heads/feature/x`, so that a tag of that name differs
 */
export function branchSlug(ref: string): BranchSlug {
  const hash = `h${sha256Hex(ref).slice(0, HASH_LENGTH)}`;
  const words = ref
    .replace(/^refs\/heads\//, '')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replace(/[^a-z0-9]+/g, '.')
    .slice(0, MAX_BRANCH_LENGTH - hash.length - 1)
    .split('.')
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? part.replace(/^0+(?=\d)/, '') : part));
  return [...words, hash].join('.');
}

/**
 * `1.5.0+feature.new.column.h1f0c9d2e.g3f1c2aa0`: the commit begins with a letter so that PEP 440 keeps its zeros.
 * A label that the version carries already gives way.
 */
export function featureVersion(version: string, branch: BranchSlug, commit: string): string {
  const [release = ''] = version.split('+');
  return `${release}+${branch}.g${commit.slice(0, HASH_LENGTH)}`;
}

/** The branch slug inside a feature version, or undefined when the version is no feature build. */
export function branchOfVersion(version: string): BranchSlug | undefined {
  const label = version.split('+')[1] ?? '';
  return /^(.*\bh[0-9a-f]{8})\.g[0-9a-f]{8}$/.exec(label)?.[1];
}

/** `weather/observations` */
export function projectKey(team: string, project: string): string {
  return `${team}/${project}`;
}

/** Whose pointer it is: the project's own (`latest`), or that of a branch. */
export type PointerOwner = Omit<BuildName, 'version'>;

/** The folder of one build, where its manifest and files are. */
export function buildKey(build: BuildName): string {
  return `${pointerFolder(build)}/${build.version}`;
}

export function manifestKey(build: BuildName): string {
  return `${buildKey(build)}/manifest.json`;
}

export function scriptKey(build: BuildName, script: string): string {
  return `${buildKey(build)}/${script}-${build.version}.py`;
}

/** The pointer that a build moves: the project's own, or its branch's. */
export function pointerKey(build: PointerOwner): string {
  return `${pointerFolder(build)}/latest.json`;
}

/** The pointers that `latest` was before, one each: `weather/observations/history/`. */
export function historyPrefix({ team, project }: PointerOwner): string {
  return `${projectKey(team, project)}/history/`;
}

/** `weather/observations/history/000041.json`: in the order of the keys they are in the order of time. */
export function historyKey(owner: PointerOwner, sequence: number): string {
  return `${historyPrefix(owner)}${String(sequence).padStart(6, '0')}.json`;
}

/** Reads the sequence number out of a key of the history; undefined for any other key. */
export function parseHistoryKey(key: string): number | undefined {
  const digits = /\/history\/(\d{6,})\.json$/.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Convenience copies for people and old jobs; never what Hermes itself runs. */
export function latestCopyKey(team: string, project: string, fileName: string): string {
  return `${projectKey(team, project)}/latest/${fileName}`;
}

function pointerFolder(build: PointerOwner): string {
  const root = projectKey(build.team, build.project);
  return build.branch === undefined ? root : `${root}/feature/${build.branch}`;
}

/** Reads a manifest's key back; undefined for any other key. */
export function parseManifestKey(key: string): BuildName | undefined {
  const parts = key.split('/');
  if (parts.at(-1) !== 'manifest.json') return undefined;
  const [team = '', project = '', third = '', branch = '', version = ''] = parts;
  if (parts.length === 4 && third !== 'latest') return { team, project, version: third };
  if (parts.length === 6 && third === 'feature') return { team, project, version, branch };
  return undefined;
}
