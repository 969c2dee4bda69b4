import type { RenderedFile } from './render-template.ts';
import { isAsRecorded, isAsRendered, isLink, type RepositoryFile } from './repository-file.ts';
import { type RecordedFile, recordFile } from './template-record.ts';

/**
 * What an update does with a file. `keep`: it stays as it is. `replace`: untouched, and the template changed. `add`: a
 * file that the template brings along. `merge`: changed by hand and by the template. `stays-deleted`: the team deleted
 * it. `remove`: the template dropped it, and it is untouched. `widen`: of a file of the team one line changes, which would
 * keep this Hermes out. `leave`: a person has to look, or nobody: see `reason`.
 */
export type UpdateAction =
  | 'keep'
  | 'replace'
  | 'add'
  | 'merge'
  | 'stays-deleted'
  | 'remove'
  | 'widen'
  | 'leave';

/**
 * How a managed file stands to its template. `changed`: edited by hand. `missing`: deleted by hand; `deleted` once an
 * update has taken note of it. `behind`: as it was
 * written, but the template has changed. `diverged`: edited by hand, and the template has changed. `unsolved`: the marks of
 * a conflict stand in it. `own`: the template does not have it, and it became the team's own.
 */
export type DriftState =
  | 'same'
  | 'changed'
  | 'missing'
  | 'deleted'
  | 'behind'
  | 'diverged'
  | 'unsolved'
  | 'own';

/** One file of an update. */
export interface PlannedFile {
  readonly path: string;
  readonly action: UpdateAction;
  readonly state: DriftState;
  /** Of `leave`. */
  readonly reason?: string;
  /** What it was called before the template renamed it. */
  readonly from?: string;
  /** As the template was when the file was written; absent when the record does not have it. */
  readonly recorded?: RecordedFile;
  readonly ours?: RepositoryFile;
  /** As the template is. */
  readonly theirs?: RenderedFile;
  /** What is written or merged in its place, where that differs. */
  readonly written?: RenderedFile;
  /** Whether the file may be run after the update. */
  readonly executable: boolean;
  /** What the record says of it after the update; absent = nothing. */
  readonly next?: RecordedFile;
}

/** Everything that is known of one file. */
export interface FileSides {
  readonly path: string;
  readonly recorded: RecordedFile | undefined;
  readonly ours: RepositoryFile | undefined;
  readonly theirs: RenderedFile | undefined;
  /** Something else stands where the file belongs. */
  readonly isBlocked: boolean;
  readonly from: string | undefined;
  /** Both sides with what they share by rule; what is compared and written where the file changes. */
  readonly adapted?: { readonly ours: RepositoryFile; readonly theirs: RenderedFile };
}

// What `git merge-file` writes with the names that Hermes gives the sides.
const CONFLICT = /^<{7} this repository\r?$.*^>{7} template of Hermes /ms;

/** Decides about one file; undefined when there is none of it on any side that counts. Pure. */
export function decideFile(sides: FileSides): PlannedFile | undefined {
  const { recorded, ours, theirs } = sides;
  if (theirs === undefined) return recorded === undefined ? undefined : decideDropped(sides, recorded);
  if (ours === undefined) return decideAbsent(sides, theirs);
  if (isLink(ours)) return left(sides, 'changed', 'it is a link, which cannot be merged');
  if (ours.bytes !== undefined && CONFLICT.test(ours.bytes.toString()))
    return left(sides, 'unsolved', 'the marks of an earlier conflict stand in it: solve them first');
  return decidePresent(sides, ours, theirs);
}

/** The template does not have it any more: whatever a team made of it is its own. */
function decideDropped(sides: FileSides, recorded: RecordedFile): PlannedFile | undefined {
  if (sides.ours === undefined) return undefined;
  if (isAsRecorded(sides.ours, recorded)) return planned(sides, 'remove', 'behind');
  return planned(sides, 'leave', 'own', {
    reason: 'the template dropped it; since it was changed by hand, it is your own from here on',
  });
}

function decideAbsent(sides: FileSides, theirs: RenderedFile): PlannedFile {
  const { recorded } = sides;
  if (recorded !== undefined)
    // The old entry: when the file comes back out of the history, it counts as untouched.
    return planned(sides, 'stays-deleted', recorded.deleted ? 'deleted' : 'missing', {
      next: { ...recorded, deleted: true },
    });
  if (sides.isBlocked) return left(sides, 'changed', 'something else stands in its place');
  return planned(sides, 'add', 'behind', { executable: theirs.executable, next: recordFile(theirs) });
}

function decidePresent(sides: FileSides, ours: RepositoryFile, theirs: RenderedFile): PlannedFile {
  const { recorded, from } = sides;
  const shared = sides.adapted ?? { ours, theirs };
  const next = recordFile(theirs);
  const executable = mergedMode(recorded, ours, theirs);
  const isMode = executable === isExecutable(ours);
  const isSame = isAsRendered(ours, shared.theirs);
  const isUnchanged = recorded?.sha256 === next.sha256;
  if (from === undefined && isMode && isSame)
    return planned(sides, 'keep', executable === theirs.executable ? 'same' : 'changed', { next });
  if (from === undefined && isMode && isUnchanged) return planned(sides, 'keep', 'changed', { next });
  const ends = { executable, next, written: shared.theirs };
  if (isSame || (recorded !== undefined && isAsRecorded(shared.ours, recorded)))
    return planned(sides, 'replace', 'behind', ends);
  return planned(sides, 'merge', 'diverged', { ...ends, ours: shared.ours });
}

/** As with a line of text: the side that changed wins, and without a base the repository does. */
function mergedMode(recorded: RecordedFile | undefined, ours: RepositoryFile, theirs: RenderedFile): boolean {
  const base = recorded?.blob === undefined ? theirs.executable : recorded.executable === true;
  return isExecutable(ours) === base ? theirs.executable : isExecutable(ours);
}

function isExecutable(file: RepositoryFile): boolean {
  return file.mode === '100755';
}

/** A person has to look first; the record stays as it is. */
function left(sides: FileSides, state: DriftState, reason: string): PlannedFile {
  return planned(sides, 'leave', state, {
    reason,
    ...(sides.recorded === undefined ? {} : { next: sides.recorded }),
  });
}

function planned(
  { path, recorded, ours, theirs, from }: FileSides,
  action: UpdateAction,
  state: DriftState,
  more: Partial<PlannedFile> = {},
): PlannedFile {
  return {
    path,
    action,
    state,
    executable: ours !== undefined && isExecutable(ours),
    ...(recorded === undefined ? {} : { recorded }),
    ...(ours === undefined ? {} : { ours }),
    ...(theirs === undefined ? {} : { theirs }),
    ...(from === undefined ? {} : { from }),
    ...more,
  };
}
