import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitContext, git } from '../git/git.ts';

/** Lines that come and go between two contents; undefined when one of them is no text. */
export async function countLines(
  before: Uint8Array,
  after: Uint8Array,
  context: GitContext,
): Promise<{ readonly added: number; readonly removed: number } | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-lines-'));
  try {
    writeFileSync(join(folder, 'before'), before);
    writeFileSync(join(folder, 'after'), after);
    // Two blobs of an empty repository: with two files, git would answer a difference by an exit code.
    await git(folder, ['init', '--quiet', '--bare', '.git'], context);
    const words = ['hash-object', '-w', '--no-filters', 'before', 'after'];
    const blobs = (await git(folder, words, context)).split('\n');
    const [added, removed] = (
      await git(folder, ['diff', '--numstat', '--no-ext-diff', '--no-textconv', ...blobs], context)
    ).split('\t');
    if (added === undefined || added === '') return { added: 0, removed: 0 };
    return added === '-' ? undefined : { added: Number(added), removed: Number(removed) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
