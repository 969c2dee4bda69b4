import { createHash } from 'node:crypto';
import { hermesVersion } from '../core/package-root.ts';
import { sha256Hex } from '../core/sha256.ts';
import type { Answers, TemplateKind } from './answers.ts';
import type { RenderedFile } from './render-template.ts';

/** Where a repository remembers the template that it came from. */
export const RECORD_PATH = '.hermes/template.json';

/** `managed`: belongs to Hermes and is not to be edited. `sample`: written once, then the team's own. */
export type FileOwner = 'managed' | 'sample';

/** A file as the template had it when it was last written or merged. */
export interface RecordedFile {
  readonly sha256: string;
  readonly owner: FileOwner;
  /** Id that git gives the bytes (SHA-1): by it they are found in the repository's own history. */
  readonly blob?: string | undefined;
  /** Absent = no. Records without `blob` do not know it. */
  readonly executable?: true | undefined;
  /** The team did away with it, and an update has taken note of that. */
  readonly deleted?: true | undefined;
}

/** `.hermes/template.json`. */
export interface TemplateRecord {
  /** Version of Hermes whose template was rendered. */
  readonly version: string;
  readonly kind: TemplateKind;
  readonly answers: Answers;
  readonly files: Readonly<Record<string, RecordedFile>>;
}

/** Where a managed file lies: CI, its scripts and its Hermes, what git must ignore. Everything else is a sample. */
const MANAGED = [
  '.travis.yml',
  '.github/workflows/',
  'Jenkinsfile',
  'build_tools/',
  '.gitignore',
  '.hermes/',
];

/**
 * Who owns a file of a template. What a repository needs in order to work with this Hermes is managed; so a sample
 * that a later template brings along is for new repositories only.
 */
export function fileOwner(path: string): FileOwner {
  return MANAGED.some((place) => path === place || (place.endsWith('/') && path.startsWith(place)))
    ? 'managed'
    : 'sample';
}

/** The record of a rendering; deterministic, so it holds no date. */
export function createRecord(
  kind: TemplateKind,
  answers: Answers,
  files: readonly RenderedFile[],
): TemplateRecord {
  const entries = files.map((file) => [file.path, recordFile(file)] as const);
  return { version: hermesVersion, kind, answers, files: sortedFiles(entries) };
}

/** What a record says about a file of the template. */
export function recordFile(file: RenderedFile): RecordedFile {
  const known = { sha256: sha256Hex(file.bytes), owner: fileOwner(file.path), blob: gitBlobId(file.bytes) };
  return file.executable ? { ...known, executable: true } : known;
}

/** In the order of their paths. */
export function sortedFiles(
  entries: readonly (readonly [string, RecordedFile])[],
): Readonly<Record<string, RecordedFile>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The record as a file of the repository. */
export function renderRecord(record: TemplateRecord): RenderedFile {
  return {
    path: RECORD_PATH,
    bytes: Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`),
    executable: false,
  };
}

/** The id of a blob in a repository of git that hashes with SHA-1 (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects). */
export function gitBlobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
