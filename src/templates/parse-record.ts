import semver from 'semver';
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { hermesVersion } from '../core/package-root.ts';
import { ProblemsError } from '../core/problems.ts';
import { findSourceProblems } from '../core/schema-problems.ts';
import { parseJsonSource } from '../core/source-document.ts';
import { checkAnswers, SAMPLE_PROJECT, templateKinds } from './answers.ts';
import type { TemplateRecord } from './template-record.ts';

const recordSchema = z.strictObject({
  version: z.string().refine((text) => semver.valid(text) !== null, 'a version looks like 1.0.0.'),
  kind: z.enum(templateKinds),
  answers: z.strictObject({
    name: z.string(),
    team: z.string(),
    // What a template asks and an older one did not ask has a default here.
    project: z.string().default(SAMPLE_PROJECT),
    authorName: z.string(),
    authorEmail: z.string(),
    codeOwner: z.string().optional(),
    stores: z.record(z.string(), z.string()).optional(),
  }),
  files: z.record(
    z.string().refine(isPathOfRepository, 'a path leads to a file of the repository: build_tools/test.sh.'),
    z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      owner: z.enum(['managed', 'sample']),
      blob: z
        .string()
        .regex(/^[0-9a-f]{40}$/)
        .optional(),
      executable: z.literal(true).optional(),
      deleted: z.literal(true).optional(),
    }),
  ),
});

/**
 * Reads the text of a record; what a newer template asks beyond it gets its default.
 * @param file as messages name it
 * @throws ProblemsError with every mistake and its place; ConfigError when a newer Hermes wrote it, or an answer
 * would not survive in a file
 */
export function parseRecord(text: string, file: string): TemplateRecord {
  const { documents, problems } = parseJsonSource(file, text);
  if (problems.length > 0) throw new ProblemsError(problems);
  const [document] = documents;
  if (document === undefined) throw new ProblemsError([{ file, message: 'The file is empty.' }]);
  // First: what a newer Hermes writes may look like a mistake to this one.
  refuseNewer(Object(document.value).version, file);
  const found = findSourceProblems(recordSchema, document);
  if (found.length > 0) throw new ProblemsError(found);
  const record = recordSchema.parse(document.value);
  checkAnswers(record.answers);
  return record;
}

/** Relative, with `/`, not out of the repository, and not into the folder of git. */
function isPathOfRepository(path: string): boolean {
  const parts = path.split('/');
  return (
    !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\:"`|]/u.test(path) &&
    parts.every((part) => !['', '.', '..'].includes(part) && !isGitFolder(part))
  );
}

// As git itself refuses it, with what Windows and macOS take for the same name (https://git-scm.com/docs/git-fsck).
function isGitFolder(part: string): boolean {
  return /^(\.git|git~1)[. ]*$/i.test(part.replace(/\p{Cf}/gu, ''));
}

function refuseNewer(version: unknown, file: string): void {
  if (typeof version !== 'string' || semver.valid(version) === null) return;
  if (semver.lte(version, hermesVersion)) return;
  throw new ConfigError(
    `Cannot compare with the template: ${file} was written by Hermes ${version}, this is ${hermesVersion}.`,
    {
      code: 'HERMES_TEMPLATE_NEWER',
      nextStep: `Use that Hermes: npm install --global hermes-data-products@${version}`,
    },
  );
}
