import type { Clock } from '../core/clock.ts';
import { ConfigError, type HermesError, RemoteError } from '../core/errors.ts';
import { compareVersions, isSameVersion, parseVersion } from '../core/pep440.ts';
import { didYouMean } from '../core/suggest.ts';
import { listBuilds } from './catalog.ts';
import { type FoundVersion, findVersion } from './find-version.ts';
import { readHistory } from './history.ts';
import { projectKey } from './keys.ts';
import type { Pointer } from './manifest.ts';
import { movePointer, type PointerMove, type PointerTarget } from './pointer.ts';
import type { ArtifactStore } from './store.ts';
import { verifyFiles } from './verify.ts';

/** Where `latest` of a project shall stand, and why. */
export interface RollbackRequest {
  readonly team: string;
  readonly project: string;
  /** As {@link parseRollbackTarget} gives it; absent = the lower version that stood before. */
  readonly to?: string;
  readonly note: Pick<PointerTarget, 'movedAt' | 'movedBy' | 'reason'>;
}

/** Entries of the history in which the version before is looked for. */
const HISTORY_LIMIT = 200;

/**
 * Reads the version that a rollback shall lead to.
 * @throws ConfigError for what `latest` never points to: branches, their builds, and pre-releases
 */
export function parseRollbackTarget(project: string, text: string): string {
  const version = parseVersion(text);
  const reason =
    text === 'latest'
      ? 'latest is what moves'
      : version === undefined || version.local !== undefined
        ? 'it is a branch or a build of one; latest points to releases only'
        : version.isPrerelease
          ? 'it is a pre-release; latest never points to one'
          : undefined;
  if (version !== undefined && reason === undefined) return version.text;
  throw new ConfigError(`Cannot move latest of ${project} to ${JSON.stringify(text)}: ${reason}.`, {
    code: 'HERMES_ROLLBACK_TARGET',
    nextStep: `Name a release. See them with: hermes artifacts list ${project}`,
  });
}

/**
 * Decides how the pointer reads after a rollback. Downwards it gets a floor, so that what CI publishes again does not
 * undo it; upwards the floor stays until it is reached. Pure.
 */
export function planRollback(current: Pointer, target: PointerTarget): PointerMove {
  const order = compareVersions(target.version, current.version);
  if (order === 0) return { kind: 'stay', reason: `latest is ${current.version} already` };
  const floors = [
    ...(current.floor === undefined ? [] : [current.floor]),
    ...(order < 0 ? [current.version] : []),
  ];
  const floor = floors.toSorted(compareVersions).at(-1);
  const isHeld = floor !== undefined && compareVersions(target.version, floor) < 0;
  return {
    kind: 'move',
    pointer: { ...target, previous: current.version, ...(isHeld ? { floor } : {}) },
  };
}

/**
 * Moves `latest` of a project to another release by one compare-and-swap, once every file of it is found whole.
 * @throws ConfigError when nothing stands as latest, or the release is not there; RemoteError when its files are
 *   damaged, and when another version became latest meanwhile
 */
export async function rollback(
  store: ArtifactStore,
  request: RollbackRequest,
  signal: AbortSignal,
  clock: Clock,
): Promise<PointerMove> {
  const { team, project, to, note } = request;
  let seen: string | undefined;
  // The release that was named is checked while the pointer is read; what is wrong with it is said when it is needed.
  const early = to === undefined ? undefined : findWhole(store, request, to, signal);
  early?.catch(() => undefined);
  const decide = async (current: Pointer | undefined): Promise<PointerMove> => {
    if (current === undefined) throw nothingStands(store, request);
    if (to === undefined && seen !== undefined && seen !== current.version)
      throw overtaken(store, request, seen, current.version);
    seen = current.version;
    if (to === undefined && isRepeated(current, note)) return { kind: 'stay', reason: repeated(current) };
    if (to !== undefined && isSameVersion(to, current.version))
      return { kind: 'stay', reason: `latest is ${current.version} already` };
    const { manifest, key, sha256 } = await (early ??
      findWhole(store, request, await versionBefore(store, request, current, signal), signal));
    const target = { version: manifest.version, commit: manifest.commit, manifest: { key, sha256 }, ...note };
    return planRollback(current, target);
  };
  return movePointer(store, { team, project }, decide, signal, clock);
}

/** The same command again, after it was interrupted, must not go down another step. */
function isRepeated(
  { floor, previous, version, ...pointer }: Pointer,
  note: RollbackRequest['note'],
): boolean {
  const isRollback = floor !== undefined && previous !== undefined && compareVersions(version, previous) < 0;
  return isRollback && pointer.reason === note.reason && pointer.movedBy === note.movedBy;
}

function repeated({ version, previous }: Pointer): string {
  return `latest went back from ${previous} to ${version} for this very reason; to go further name a version with --to`;
}

/** The lower version that stood as latest most recently. */
async function versionBefore(
  store: ArtifactStore,
  request: RollbackRequest,
  current: Pointer,
  signal: AbortSignal,
): Promise<string> {
  const { previous, version } = current;
  if (previous !== undefined && compareVersions(previous, version) < 0) return previous;
  const { entries } = await readHistory(store, request, HISTORY_LIMIT, signal);
  const lower = entries.find(({ pointer }) => compareVersions(pointer.version, version) < 0);
  if (lower !== undefined) return lower.pointer.version;
  const releases = (await listReleases(store, request, signal)).filter((name) => name !== version);
  const known =
    releases.length === 0 ? 'no other release is there' : `other releases are ${releases.join(', ')}`;
  throw new ConfigError(
    `Cannot roll back ${request.project}: no lower version stood as latest before ${version}; ${known}.`,
    {
      code: 'HERMES_ROLLBACK_TARGET',
      facts: { store: store.url },
      nextStep:
        releases.length === 0 ? 'Publish a corrected version instead.' : 'Name one with --to VERSION.',
    },
  );
}

async function findWhole(
  store: ArtifactStore,
  request: RollbackRequest,
  version: string,
  signal: AbortSignal,
): Promise<FoundVersion> {
  const { team, project } = request;
  const found = await findVersion(store, team, project, { via: 'version', version }, signal);
  if (found === undefined) throw await unknownRelease(store, request, version, signal);
  const { manifest } = found;
  const problems = await verifyFiles(
    store,
    { team, project, version: manifest.version },
    manifest.files,
    signal,
  );
  if (problems.length === 0) return found;
  throw new RemoteError(
    `Cannot move latest of ${project} to ${manifest.version}: it is damaged. ${problems.join('; ')}.`,
    {
      code: 'HERMES_VERSION_DAMAGED',
      facts: { store: store.url },
      nextStep: 'Name another version with --to, and tell the owner of the store.',
    },
  );
}

async function unknownRelease(
  store: ArtifactStore,
  request: RollbackRequest,
  version: string,
  signal: AbortSignal,
): Promise<HermesError> {
  const releases = await listReleases(store, request, signal);
  const hint = didYouMean(version, releases);
  return new ConfigError(
    `Cannot move latest of ${request.project} to ${version}: there are ${releases.join(', ') || 'no releases'}.`,
    {
      code: 'HERMES_UNKNOWN_VERSION',
      facts: { store: store.url },
      ...(hint === undefined ? {} : { nextStep: hint }),
    },
  );
}

/** What `latest` may point to, from the highest down. */
async function listReleases(
  store: ArtifactStore,
  { team, project }: RollbackRequest,
  signal: AbortSignal,
): Promise<string[]> {
  const builds = await listBuilds(store, `${projectKey(team, project)}/`, signal);
  return builds
    .filter(({ branch, version }) => branch === undefined && parseVersion(version)?.isPrerelease === false)
    .map(({ version }) => version)
    .sort((a, b) => compareVersions(b, a));
}

function nothingStands(store: ArtifactStore, { project }: RollbackRequest): ConfigError {
  return new ConfigError(`Cannot roll back ${project}: no version of it stands as latest.`, {
    code: 'HERMES_NO_RELEASE',
    facts: { store: store.url },
    nextStep: `See what is there with: hermes artifacts list ${project}`,
  });
}

function overtaken(
  store: ArtifactStore,
  { project }: RollbackRequest,
  from: string,
  now: string,
): RemoteError {
  return new RemoteError(`Cannot roll back ${project}: latest went from ${from} to ${now} meanwhile.`, {
    code: 'HERMES_ROLLBACK_OVERTAKEN',
    facts: { store: store.url },
    nextStep: 'Look whether that cures it; else run the same command again.',
  });
}
