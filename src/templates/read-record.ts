import { lstatSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../core/errors.ts';
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
 * @throws ProblemsError with every mistake in the file; ConfigError when a newer Hermes wrote it, or when it is a link
 */
export function readRecord(folder: string): FoundRecord | undefined {
  const path = nearestFile(folder, RECORD_PATH);
  if (path === undefined) return undefined;
  refuseLink(path, folder);
  const record = parseRecord(readFileSync(path, 'utf8'), shownPath(path, folder));
  return { folder: dirname(dirname(path)), record };
}

/** A link may lead anywhere, and what stands there is told in an error. */
function refuseLink(path: string, folder: string): void {
  const link = [dirname(path), path].find((one) => lstatSync(one).isSymbolicLink());
  if (link === undefined) return;
  throw new ConfigError(`Cannot read ${shownPath(path, folder)}: ${shownPath(link, folder)} is a link.`, {
    code: 'HERMES_LINKED_RECORD',
    nextStep: `Put the file itself in its place: ${RECORD_PATH} is part of the repository.`,
  });
}
