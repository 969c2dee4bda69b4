import { randomUUID } from 'node:crypto';
import { HermesError } from '../../core/errors.ts';
import type { Proposal, TreeFile } from '../fleet/repository-fleet.ts';
import { type GitContext, git, gitBytes } from './git.ts';

/** Every file of a commit, by its path. */
export async function readTreeFiles(
  folder: string,
  commit: string,
  context: GitContext,
): Promise<Map<string, TreeFile>> {
  const listed = await git(folder, ['ls-tree', '-r', '-z', '--full-tree', commit], context);
  return new Map(
    listed
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const [, mode = '', blob = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
        return [path, { blob, mode: mode as TreeFile['mode'] }] as const;
      }),
  );
}

/** The bytes of an object; undefined when the repository does not have it. */
export async function readBlob(
  folder: string,
  blob: string,
  context: GitContext,
): Promise<Buffer | undefined> {
  return orUndefined(gitBytes(folder, ['cat-file', 'blob', blob], context));
}

/** The commit that a name stands for; undefined when there is none. */
export async function resolveCommit(
  folder: string,
  name: string,
  context: GitContext,
): Promise<string | undefined> {
  return orUndefined(git(folder, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`], context));
}

/** Ids of what a file was in the history of a commit, newest first. */
export async function readPathHistory(
  folder: string,
  commit: string,
  path: string,
  context: GitContext,
): Promise<string[]> {
  const words = ['log', '--format=', '--raw', '--no-abbrev', '--no-renames', '-m', commit, '--'];
  const lines = (await git(folder, ['--literal-pathspecs', ...words, path], context)).split('\n');
  const ids = lines.flatMap((line) => /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [AMT]/.exec(line)?.[1] ?? []);
  return [...new Set(ids)];
}

/** Writes the tree of a commit with some files changed, and answers its id. No branch knows of it. */
export async function writeTree(
  folder: string,
  commit: string,
  changes: Proposal['changes'],
  context: GitContext,
): Promise<string> {
  // fast-import needs a ref; one that nobody else has.
  const ref = `refs/hermes/${randomUUID()}`;
  const parts = [
    `commit ${ref}\nmark :1\ncommitter Hermes <hermes> 0 +0000\ndata 0\n\nfrom ${commit}\n`,
    // Deleted first: a file may give its place to a folder.
    ...changes.filter(({ bytes }) => bytes === undefined).map(({ path }) => `D ${path}\n`),
    ...changes.flatMap(({ path, bytes, executable }) =>
      bytes === undefined
        ? []
        : [`M ${executable ? '100755' : '100644'} inline ${path}\ndata ${bytes.length}\n`, bytes, '\n'],
    ),
    'get-mark :1\n',
  ];
  const input = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  try {
    const made = await git(folder, ['fast-import', '--quiet'], context, input);
    return await git(folder, ['rev-parse', `${made}^{tree}`], context);
  } finally {
    await git(folder, ['update-ref', '-d', ref], { ...context, signal: new AbortController().signal });
  }
}

/** What git does not find, or refuses to name, is no failure here. */
async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof HermesError && error.code === 'HERMES_GIT_FAILED') return undefined;
    throw error;
  }
}
