import { decideFile, type FileSides, type PlannedFile } from './decide-file.ts';
import { higherPin, PIN_PATH, readPin, withPin } from './hermes-pin.ts';
import { isRangeDue, planRange, RANGE_PATH } from './hermes-range.ts';
import type { RenderedFile } from './render-template.ts';
import { isAsRecorded, isAsRendered, type RepositoryFile, type RepositoryFiles } from './repository-file.ts';
import { fileOwner, gitBlobId, type TemplateRecord } from './template-record.ts';

/** What a template, its record and a repository are compared by. */
export interface UpdateInput {
  readonly record: TemplateRecord;
  /** The template of this Hermes with the recorded answers. */
  readonly fresh: readonly RenderedFile[];
  /** Every file of the repository, or at least the managed ones; bytes of those that {@link unreadPaths} names. */
  readonly here: RepositoryFiles;
  /** Files that the template renamed since the record was written: new path by old path. */
  readonly renames: ReadonlyMap<string, string>;
}

/**
 * What an update does with each managed file, in the order of their paths. Pure. Samples are the team's own and do not
 * occur, but for one that the template now manages, and the range of Hermes' versions in hermes.yaml.
 */
export function planUpdate(input: UpdateInput): PlannedFile[] {
  const { record, here } = input;
  const theirs = managedFresh(input);
  const moved = movedPaths(input);
  const gone = new Set(moved.values());
  const range = planRange(record, here);
  const managed = managedPaths(record, input.fresh).flatMap((path) => {
    // The other half of a rename.
    if (gone.has(path)) return [];
    const from = moved.get(path);
    const sides: FileSides = {
      path,
      recorded: record.files[from ?? path],
      ours: here.get(from ?? path),
      theirs: theirs.get(path),
      isBlocked: isBlocked(path, here),
      from,
    };
    return decideFile(path === PIN_PATH ? withSharedPin(sides, record.version) : sides) ?? [];
  });
  return range === undefined ? managed : [...managed, range];
}

/** Files whose bytes a plan needs: what is neither as it was written nor as this template has it. */
export function unreadPaths({ record, fresh, here }: UpdateInput): string[] {
  const theirs = new Map(fresh.map((file) => [file.path, file]));
  const paths = [...managedPaths(record, fresh), ...(isRangeDue(record) ? [RANGE_PATH] : [])];
  return paths.filter((path) => {
    const ours = here.get(path);
    if (ours === undefined || ours.bytes !== undefined || ours.mode === '160000') return false;
    const recorded = record.files[path];
    const rendered = theirs.get(path);
    if (rendered !== undefined && isAsRendered(ours, rendered)) return false;
    // As it was written then, its range is the one of then.
    return path === RANGE_PATH || recorded === undefined || !isAsRecorded(ours, recorded);
  });
}

/** Managed files that the repository was given, or would be given today; sorted. */
export function managedPaths(record: TemplateRecord, fresh: readonly RenderedFile[]): string[] {
  const owners = new Map(fresh.map(({ path }) => [path, fileOwner(path)]));
  const recorded = Object.keys(record.files).filter(
    (path) => record.files[path]?.owner === 'managed' && owners.get(path) !== 'sample',
  );
  const today = [...owners.keys()].filter((path) => owners.get(path) === 'managed');
  return [...new Set([...recorded, ...today])].sort();
}

function managedFresh({ fresh }: UpdateInput): Map<string, RenderedFile> {
  return new Map(fresh.filter(({ path }) => fileOwner(path) === 'managed').map((file) => [file.path, file]));
}

/** Old paths by their new ones, where the repository still has the old file and nothing in its new place. */
function movedPaths({ record, fresh, here, renames }: UpdateInput): Map<string, string> {
  const today = new Set(fresh.map(({ path }) => path));
  const moved = [...renames].filter(
    ([from, to]) =>
      record.files[from] !== undefined &&
      record.files[to] === undefined &&
      today.has(to) &&
      !today.has(from) &&
      !here.has(to),
  );
  return new Map(moved.map(([from, to]) => [to, from]));
}

/** Whether something that is no folder stands on the way to a file, or the path is a folder. */
function isBlocked(path: string, here: RepositoryFiles): boolean {
  const parts = path.split('/');
  const parents = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  if (parents.some((parent) => here.has(parent))) return true;
  return [...here.keys()].some((other) => other.startsWith(`${path}/`));
}

/**
 * A release of Hermes that was raised in the repository is no change by hand: the file counts as it was, and the higher
 * release stays. A lower one was chosen, and counts as any change.
 */
function withSharedPin(sides: FileSides, recordedVersion: string): FileSides {
  const { ours, theirs } = sides;
  const pin = ours?.bytes === undefined ? undefined : readPin(ours.bytes);
  const fresh = theirs === undefined ? undefined : readPin(theirs.bytes);
  if (ours?.bytes === undefined || theirs === undefined || pin === undefined || fresh === undefined)
    return sides;
  if (higherPin(pin, recordedVersion) !== pin) return sides;
  const bytes = withPin(theirs.bytes, higherPin(pin, fresh));
  return {
    ...sides,
    adapted: { ours: withBytes(ours, withPin(ours.bytes, recordedVersion)), theirs: { ...theirs, bytes } },
  };
}

function withBytes(file: RepositoryFile, bytes: Buffer): RepositoryFile {
  return { ...file, bytes, blob: gitBlobId(bytes) };
}
