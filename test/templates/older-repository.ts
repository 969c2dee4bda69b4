import { sha256Hex } from '../../src/core/sha256.ts';
import type { Answers, TemplateKind } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { gitBlobId, RECORD_PATH } from '../../src/templates/template-record.ts';

/** What the repositories of tests answer to their template. */
export const answers: Answers = {
  name: 'weather',
  team: 'weather',
  project: 'helloworld',
  authorName: 'Ana',
  authorEmail: 'ana@example.com',
};

/** The version that {@link olderRepository} says it has. */
export const OLDER = '0.9.0';

/**
 * The files of a repository that an older Hermes made: as today, but for those whose text `change` turns into what they
 * were then, or into undefined where the template did not have them.
 */
export function olderRepository(
  kind: TemplateKind,
  change: (path: string, text: string) => string | undefined,
  given: Answers = answers,
): Record<string, string> {
  const files = planRepository(kind, given).map(({ path, bytes }) => [path, bytes.toString()] as const);
  const record = JSON.parse(files.find(([path]) => path === RECORD_PATH)?.[1] ?? '{}');
  const older = files.flatMap(([path, text]) => {
    if (path === RECORD_PATH) return [];
    const then = change(path, text);
    if (then === undefined) {
      delete record.files[path];
      return [];
    }
    const bytes = Buffer.from(then);
    Object.assign(record.files[path], { sha256: sha256Hex(bytes), blob: gitBlobId(bytes) });
    return [[path, then] as const];
  });
  record.version = OLDER;
  return Object.fromEntries([...older, [RECORD_PATH, `${JSON.stringify(record, undefined, 2)}\n`]]);
}
