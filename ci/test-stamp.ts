import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { makeFolder } from '../src/core/make-folder.ts';
import { hermesVersion } from '../src/core/package-root.ts';
import type { Python } from '../src/core/python.ts';
import type { Project } from './projects.ts';
import type { TestOutcome } from './run-tests.ts';

const stampSchema = z.object({
  status: z.enum(['passed', 'none']),
  passed: z.number(),
  skipped: z.number(),
});

/**
 * Remembers in the repository's git-ignored `.hermes/` that the tests of a tree passed, so that `hermes publish`
 * after `hermes test` does not run them again. A failure is never remembered.
 */
export async function writeTestStamp(
  root: string,
  tree: string,
  python: Python,
  outcome: TestOutcome,
): Promise<void> {
  if (outcome.status === 'failed') return;
  const { status, passed, skipped } = outcome;
  makeFolder(stampFolder(root));
  await writeFileAtomic(stampFile(root, tree, python), `${JSON.stringify({ status, passed, skipped })}\n`);
}

/** What {@link writeTestStamp} remembered for this tree, Python and Hermes. */
export async function readTestStamp(
  root: string,
  tree: string,
  python: Python,
): Promise<TestOutcome | undefined> {
  const text = await readFile(stampFile(root, tree, python), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const stamp = stampSchema.safeParse(JSON.parse(text));
  return stamp.success ? { ...stamp.data, failed: 0, output: '' } : undefined;
}

/** Key of a project's content as it lies in the work tree; undefined while something in it is not committed. */
export function cleanTree(
  project: Project,
  tree: string,
  changedFiles: readonly string[],
): string | undefined {
  const inside = (file: string): boolean => project.folder === '' || file.startsWith(`${project.folder}/`);
  return changedFiles.some(inside) ? undefined : tree;
}

function stampFolder(root: string): string {
  return join(root, '.hermes', 'tests');
}

function stampFile(root: string, tree: string, python: Python): string {
  return join(stampFolder(root), `${tree}-${python.version}-${hermesVersion}.json`);
}
