import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { nearestFile, shownPath } from '../core/nearest-file.ts';
import { parseRecord } from './parse-record.ts';
import { RECORD_PATH, type TemplateRecord } from './template-record.ts';

/** A repository's record of its template, and where the repository is. */
export interface FoundRecord {
  /** Absolute path of the repository. */
  readonly folder: string;
  readonly record: TemplateRecord;
}

/**
 * Reads the record of the repository that a folder lies in.
 * @returns undefined when the repository was not made from a template
 * @throws ProblemsError with every mistake in the file; ConfigError when a newer Hermes wrote it
 */
export function readRecord(folder: string): FoundRecord | undefined {
  const path = nearestFile(folder, RECORD_PATH);
  if (path === undefined) return undefined;
  const record = parseRecord(readFileSync(path, 'utf8'), shownPath(path, folder));
  return { folder: dirname(dirname(path)), record };
}
