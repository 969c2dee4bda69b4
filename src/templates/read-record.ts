import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import semver from 'semver';
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { nearestFile, shownPath } from '../core/nearest-file.ts';
import { hermesVersion } from '../core/package-root.ts';
import { ProblemsError } from '../core/problems.ts';
import { findSourceProblems } from '../core/schema-problems.ts';
import { parseJsonSource } from '../core/source-document.ts';
import { templateKinds } from './answers.ts';
import { RECORD_PATH, type TemplateRecord } from './template-record.ts';

const recordSchema = z.strictObject({
  version: z.string().refine((text) => semver.valid(text) !== null, 'a version looks like 1.0.0.'),
  kind: z.enum(templateKinds),
  answers: z.strictObject({
    name: z.string(),
    team: z.string(),
    project: z.string(),
    authorName: z.string(),
    authorEmail: z.string(),
  }),
  files: z.record(
    z.string(),
    z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), owner: z.enum(['managed', 'sample']) }),
  ),
});

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
  const file = shownPath(path, folder);
  const { documents, problems } = parseJsonSource(file, readFileSync(path, 'utf8'));
  if (problems.length > 0) throw new ProblemsError(problems);
  const [document] = documents;
  if (document === undefined) throw new ProblemsError([{ file, message: 'The file is empty.' }]);
  const found = findSourceProblems(recordSchema, document);
  if (found.length > 0) throw new ProblemsError(found);
  const record = recordSchema.parse(document.value);
  refuseNewer(record.version, file);
  return { folder: dirname(dirname(path)), record };
}

function refuseNewer(version: string, file: string): void {
  if (semver.lte(version, hermesVersion)) return;
  throw new ConfigError(
    `Cannot compare with the template: ${file} was written by Hermes ${version}, this is ${hermesVersion}.`,
    {
      code: 'HERMES_TEMPLATE_NEWER',
      nextStep: `Use that Hermes: npm install --global hermes-data-products@${version}`,
    },
  );
}
