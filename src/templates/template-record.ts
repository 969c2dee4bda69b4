import { createHash } from 'node:crypto';
import { hermesVersion } from '../core/package-root.ts';
import type { Answers, TemplateKind } from './answers.ts';
import type { RenderedFile } from './render-template.ts';

/** Where a repository remembers the template that it came from. */
export const RECORD_PATH = '.hermes/template.json';

/** `managed`: belongs to Hermes and is not to be edited. `sample`: written once, then the team's own. */
export type FileOwner = 'managed' | 'sample';

/** `.hermes/template.json`. */
export interface TemplateRecord {
  /** Version of Hermes whose template was rendered. */
  readonly version: string;
  readonly kind: TemplateKind;
  readonly answers: Answers;
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly owner: FileOwner }>>;
}

/** Where a managed file lies: CI, its scripts, and what git must ignore. Everything else is a sample. */
const MANAGED = [
  '.travis.yml',
  '.github/workflows/',
  'Jenkinsfile',
  'build_tools/test.sh',
  'build_tools/deploy.sh',
  '.gitignore',
  '.hermes/',
];

/** Who owns a file of a template. */
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
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    version: hermesVersion,
    kind,
    answers,
    files: Object.fromEntries(
      sorted.map((file) => [file.path, { sha256: sha256(file.bytes), owner: fileOwner(file.path) }]),
    ),
  };
}

/** The record as a file of the repository. */
export function renderRecord(record: TemplateRecord): RenderedFile {
  return {
    path: RECORD_PATH,
    bytes: Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`),
    executable: false,
  };
}

/** SHA-256 of a file's bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
