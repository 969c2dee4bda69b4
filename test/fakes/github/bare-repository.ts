import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitText } from './git-process.ts';
import type { Repository } from './state.ts';

/** An empty bare repository, by the layout of git; `update` asks the rules before a push moves a branch. */
export function makeBare(root: string, branch: string): string {
  const folder = mkdtempSync(join(root, 'repository-'));
  for (const name of ['objects', 'refs', 'refs/heads', 'hooks', 'refused']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'HEAD'), `ref: refs/heads/${branch}\n`);
  const core = '[core]\n\trepositoryformatversion = 0\n\tbare = true\n\thooksPath = hooks\n';
  writeFileSync(join(folder, 'config'), `${core}[http]\n\treceivepack = true\n[gc]\n\tauto = 0\n`);
  return folder;
}

/** Changes a repository; one that shares its folder gets a copy of its own before. */
export function changing<Result>(repository: Repository, work: () => Promise<Result>): Promise<Result> {
  const turn = repository.turn.then(() => {
    if (repository.shared) {
      const own = mkdtempSync(`${repository.folder}-`);
      cpSync(repository.folder, own, { recursive: true });
      repository.folder = own;
      repository.shared = false;
    }
    return work();
  });
  repository.turn = turn.catch(() => {});
  return turn;
}

/** Writes contents as blobs; answers their hashes in the same order. */
export async function writeBlobs(folder: string, contents: readonly Uint8Array[]): Promise<string[]> {
  if (contents.length === 0) return [];
  const parts = contents.flatMap((bytes, index) => [
    Buffer.from(`blob\nmark :${index + 1}\ndata ${bytes.length}\n`),
    bytes,
    Buffer.from(`\nget-mark :${index + 1}\n`),
  ]);
  const hashes = await gitText(folder, [...DURABILITY, 'fast-import', '--quiet'], Buffer.concat(parts));
  return hashes.split('\n');
}

// The folder lives as long as its test.
const DURABILITY: readonly string[] = ['-c', 'core.fsync=none'];

/** An entry of a tree; without `sha` the path goes. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | null;
}

/** Writes a tree on top of another one, or of nothing. */
export async function writeTree(
  folder: string,
  entries: readonly TreeEntry[],
  base?: string,
): Promise<string> {
  const index = join(mkdtempSync(join(folder, 'index-')), 'index');
  const env = { GIT_INDEX_FILE: index };
  if (base !== undefined) await gitText(folder, ['read-tree', base], '', env);
  const files = entries.filter(({ mode }) => mode !== '040000');
  const lines = files.map(({ path, mode, sha }) =>
    sha === null ? `0 ${'0'.repeat(40)}\t${path}\0` : `${mode} ${sha}\t${path}\0`,
  );
  if (lines.length > 0) await gitText(folder, ['update-index', '-z', '--index-info'], lines.join(''), env);
  for (const { path, sha } of entries.filter(({ mode }) => mode === '040000')) {
    if (sha !== null) await gitText(folder, ['read-tree', `--prefix=${path}/`, sha], '', env);
  }
  return gitText(folder, ['write-tree'], '', env);
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

export function writeCommit(
  folder: string,
  tree: string,
  parents: readonly string[],
  message: string,
  author: Signature,
  committer: Signature,
): Promise<string> {
  const words = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])];
  return gitText(folder, words, message, {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: author.date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: committer.date,
  });
}

/** Type of an object, or undefined when there is none of that hash. */
export async function typeOf(folder: string, hash: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{40}$/.test(hash)) return undefined;
  const said = await gitText(folder, ['cat-file', '--batch-check=%(objecttype)'], `${hash}\n`);
  return said.endsWith('missing') ? undefined : said;
}
