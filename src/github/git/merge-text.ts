import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HermesError } from '../../core/errors.ts';
import { type GitContext, git } from './git.ts';

/** The three sides of a text, and what they are called where they conflict. */
interface TextSides {
  readonly ours: Buffer;
  readonly base: Buffer;
  readonly theirs: Buffer;
  readonly names: { readonly ours: string; readonly base: string; readonly theirs: string };
}

// More than that, and git answers that it was not able to (https://git-scm.com/docs/git-merge-file#_description).
const MAX_CONFLICTS = 127;

/**
 * Merges two versions of a text with what both come from, as git does: a conflict stands between marks.
 * @returns undefined when one of them is no text
 */
export async function mergeText(
  { ours, base, theirs, names }: TextSides,
  context: GitContext,
): Promise<{ readonly bytes: Buffer; readonly conflicts: number } | undefined> {
  if ([ours, base, theirs].some((side) => side.includes(0))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'hermes-merge-'));
  try {
    for (const [name, bytes] of Object.entries({ ours, base, theirs }))
      writeFileSync(join(folder, name), bytes);
    const labels = ['-L', names.ours, '-L', names.base, '-L', names.theirs];
    const words = ['-c', 'merge.conflictStyle=merge', 'merge-file', '--quiet', ...labels];
    const conflicts = await countConflicts(git(folder, [...words, 'ours', 'base', 'theirs'], context));
    return { bytes: readFileSync(join(folder, 'ours')), conflicts };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The exit code is the number of conflicts. */
async function countConflicts(merging: Promise<string>): Promise<number> {
  try {
    await merging;
    return 0;
  } catch (error) {
    const exit = error instanceof HermesError ? Number(error.facts.exit) : 0;
    if (exit >= 1 && exit <= MAX_CONFLICTS) return exit;
    throw error;
  }
}
