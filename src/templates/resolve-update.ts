import { hermesVersion } from '../core/package-root.ts';
import type { DriftState, PlannedFile, UpdateAction } from './decide-file.ts';
import { hasCrlf, type RepositoryFiles, toCrlf, toLf } from './repository-file.ts';
import {
  fileOwner,
  gitBlobId,
  type RecordedFile,
  renderRecord,
  sortedFiles,
  type TemplateRecord,
} from './template-record.ts';

/** Where the template's side of a file is kept that was merged, and so never stood in the repository as it is. */
const BASE_FOLDER = '.hermes/base/';

/** The three sides of a file and what they are called. */
interface MergeSides {
  readonly ours: Buffer;
  readonly base: Buffer;
  readonly theirs: Buffer;
  readonly names: { readonly ours: string; readonly base: string; readonly theirs: string };
}

/** A merged file; conflicts stand in it between marks. Undefined = not a text, so it cannot be merged. */
export type MergeText = (
  sides: MergeSides,
) => Promise<{ readonly bytes: Buffer; readonly conflicts: number } | undefined>;

/** What a file was as the template had it; undefined when no history knows it any more. */
export type ReadBase = (path: string, recorded: RecordedFile) => Promise<Buffer | undefined>;

/** A file of a commit; `bytes` undefined = it is deleted. */
interface FileChange {
  readonly path: string;
  readonly bytes: Buffer | undefined;
  readonly executable: boolean;
}

/** What became of one managed file. */
export interface UpdatedFile {
  readonly path: string;
  readonly state: DriftState;
  readonly outcome: UpdateAction | 'conflict';
  readonly from?: string;
  /** What a person has to know. */
  readonly reason?: string;
  /** Of a conflict in what is no text: the template's version stands there, and no marks in the file. */
  readonly besides?: string;
}

/** An update, ready to be committed. */
export interface RepositoryUpdate {
  /** Version of Hermes whose template the repository had. */
  readonly from: string;
  readonly to: string;
  readonly files: readonly UpdatedFile[];
  /** None = there is nothing to update. */
  readonly changes: readonly FileChange[];
}

interface Resolved extends UpdatedFile {
  readonly path: string;
  /** Undefined = nothing is written. */
  readonly written?: Buffer | 'deleted';
}

/** Merges what has to be merged, and gathers what the commit of the update holds. */
export async function resolveUpdate(
  record: TemplateRecord,
  plan: readonly PlannedFile[],
  here: RepositoryFiles,
  parts: { readonly readBase: ReadBase; readonly merge: MergeText },
): Promise<RepositoryUpdate> {
  const files = await Promise.all(plan.map((file) => resolveFile(record, file, parts)));
  const written = files.flatMap((file, index) => changesOf(file, plan[index]?.executable === true));
  const result = { from: record.version, to: hermesVersion, files: files.map(withoutBytes) };
  if (written.length === 0 && !files.some(isNoted)) return { ...result, changes: [] };
  const bases = plan.flatMap((file, index) => baseChange(file, files[index], here) ?? []);
  const next = renderRecord({ ...record, version: hermesVersion, files: nextFiles(record, plan) });
  return { ...result, changes: [...written, ...bases, { ...next }] };
}

/** What the record takes note of although no file changes: nobody is told of it again. */
function isNoted({ outcome, state }: Resolved): boolean {
  return outcome === 'conflict' || (outcome === 'stays-deleted' && state === 'missing');
}

async function resolveFile(
  record: TemplateRecord,
  file: PlannedFile,
  parts: { readonly readBase: ReadBase; readonly merge: MergeText },
): Promise<Resolved> {
  const { path, state, action, ours, reason } = file;
  const theirs = file.written ?? file.theirs;
  const known = { path, state, ...(file.from === undefined ? {} : { from: file.from }) };
  if (action === 'remove') return { ...known, outcome: action, written: 'deleted' };
  if (action === 'widen') return { ...known, outcome: action, written: theirs?.bytes ?? Buffer.alloc(0) };
  if (action === 'replace' || action === 'add') {
    const bytes = theirs?.bytes ?? Buffer.alloc(0);
    const isWindows = ours?.bytes !== undefined && hasCrlf(ours.bytes);
    return { ...known, outcome: action, written: isWindows ? toCrlf(bytes) : bytes };
  }
  if (action !== 'merge' || ours?.bytes === undefined || theirs === undefined)
    return { ...known, outcome: action, ...(reason === undefined ? {} : { reason }) };
  const base = file.recorded && (await parts.readBase(file.from ?? path, file.recorded));
  const merged = await parts.merge({
    ours: toLf(ours.bytes),
    base: base ?? Buffer.alloc(0),
    theirs: theirs.bytes,
    names: sideNames(record),
  });
  if (merged === undefined)
    return { ...known, outcome: 'conflict', reason: binaryReason(path), besides: `${BASE_FOLDER}${path}` };
  const written = hasCrlf(ours.bytes) ? toCrlf(merged.bytes) : merged.bytes;
  if (merged.conflicts === 0) return { ...known, outcome: 'merge', written };
  return { ...known, outcome: 'conflict', written, reason: conflictReason(file, base, merged.conflicts) };
}

function sideNames({ version }: TemplateRecord): MergeSides['names'] {
  return {
    ours: 'this repository',
    base: `template of Hermes ${version}`,
    theirs: `template of Hermes ${hermesVersion}`,
  };
}

function binaryReason(path: string): string {
  return `it is no text, so it stays; the template's is ${BASE_FOLDER}${path}`;
}

function conflictReason(file: PlannedFile, base: Buffer | undefined, conflicts: number): string {
  const count = `${conflicts} conflict${conflicts === 1 ? '' : 's'} marked in it`;
  if (file.recorded === undefined) return `${count}: the template has a file where you have one of your own`;
  return base === undefined ? `${count}: what the template was is no longer in the history` : count;
}

function changesOf(file: Resolved, executable: boolean): FileChange[] {
  if (file.written === undefined) return [];
  const moved =
    file.from === undefined ? [] : [{ path: file.from, bytes: undefined, executable: false } as const];
  const bytes = file.written === 'deleted' ? undefined : file.written;
  return [...moved, { path: file.path, bytes, executable }];
}

function withoutBytes({ written, ...file }: Resolved): UpdatedFile {
  return file;
}

/** Keeps the template's side of a file that does not stand as it is, as long as that is so. */
function baseChange(
  file: PlannedFile,
  resolved: Resolved | undefined,
  here: RepositoryFiles,
): FileChange | undefined {
  const path = `${BASE_FOLDER}${file.path}`;
  const stands = here.get(path)?.blob;
  const wanted = wantedBase(file, resolved);
  if (wanted === 'as it is') return undefined;
  if (wanted === undefined)
    return stands === undefined ? undefined : { path, bytes: undefined, executable: false };
  return gitBlobId(wanted) === stands ? undefined : { path, bytes: wanted, executable: false };
}

function wantedBase(file: PlannedFile, resolved: Resolved | undefined): Buffer | undefined | 'as it is' {
  if (file.next === undefined) return undefined;
  if (resolved?.outcome === 'conflict' || resolved?.outcome === 'merge' || resolved?.outcome === 'replace') {
    const { written } = resolved;
    const isThere = Buffer.isBuffer(written) && gitBlobId(written) === file.next.blob;
    return isThere ? undefined : file.theirs?.bytes;
  }
  return file.state === 'same' || file.action === 'add' ? undefined : 'as it is';
}

function nextFiles(
  record: TemplateRecord,
  plan: readonly PlannedFile[],
): Readonly<Record<string, RecordedFile>> {
  const planned = new Set(plan.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from])));
  const samples = Object.entries(record.files)
    .filter(([path]) => fileOwner(path) === 'sample' && !planned.has(path))
    .map(([path, file]) => [path, { ...file, owner: 'sample' }] as const);
  const managed = plan.flatMap(({ path, next }) => (next === undefined ? [] : [[path, next] as const]));
  return sortedFiles([...samples, ...managed]);
}
