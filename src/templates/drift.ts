import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderedFile } from './render-template.ts';
import { fileOwner, sha256, type TemplateRecord } from './template-record.ts';

/**
 * How a managed file stands to its template.
 * `changed`: edited by hand. `missing`: deleted. `behind`: as it was written, but the template of this Hermes differs.
 */
export type DriftState = 'same' | 'changed' | 'missing' | 'behind';

/** One managed file. */
export interface FileDrift {
  readonly path: string;
  readonly state: DriftState;
}

/**
 * Compares the managed files of a repository with its record and with what this Hermes would write.
 * Pure: `hashes` holds the SHA-256 of each managed file on disk, `fresh` the template of this Hermes.
 */
export function compareWithTemplate(
  record: TemplateRecord,
  fresh: readonly RenderedFile[],
  hashes: ReadonlyMap<string, string>,
): FileDrift[] {
  const wanted = new Map(fresh.map((file) => [file.path, sha256(file.bytes)]));
  return managedPaths(record, fresh).map((path) => {
    const here = hashes.get(path);
    const recorded = record.files[path]?.sha256;
    if (here !== undefined && here === wanted.get(path)) return { path, state: 'same' };
    if (here === recorded) return { path, state: 'behind' };
    return { path, state: here === undefined ? 'missing' : 'changed' };
  });
}

/** Hashes of the managed files that a repository has. */
export function hashManaged(
  folder: string,
  record: TemplateRecord,
  fresh: readonly RenderedFile[],
): Map<string, string> {
  return new Map(
    managedPaths(record, fresh).flatMap((path) => {
      const bytes = readIfThere(join(folder, path));
      return bytes === undefined ? [] : [[path, sha256(bytes)] as const];
    }),
  );
}

/** Managed files that the repository was given, or would be given today. */
function managedPaths(record: TemplateRecord, fresh: readonly RenderedFile[]): string[] {
  const recorded = Object.keys(record.files).filter((path) => record.files[path]?.owner === 'managed');
  const today = fresh.map((file) => file.path).filter((path) => fileOwner(path) === 'managed');
  return [...new Set([...recorded, ...today])].sort();
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
