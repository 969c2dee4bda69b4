import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Signature, writeBlobs, writeCommit, writeTree } from './bare-repository.ts';
import { gitMaybe, gitText } from './git-process.ts';
import { emptyRepository, notFound } from './reply.ts';
import { writeUpdateHook } from './rules.ts';
import type { Repository, State } from './state.ts';

/** Hash of a branch's newest commit, or undefined. */
export function headOf(repository: Repository, branch: string): Promise<string | undefined> {
  return gitMaybe(repository.folder, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`]);
}

/** Refs below a prefix with the objects that they name. */
export async function refsOf(
  repository: Repository,
  prefix = 'refs/',
): Promise<{ readonly ref: string; readonly sha: string; readonly type: string }[]> {
  const format = '--format=%(objectname) %(objecttype) %(refname)';
  const lines = (await gitText(repository.folder, ['for-each-ref', format])).split('\n');
  return lines
    .map((line) => line.split(' '))
    .map(([sha = '', type = '', ref = '']) => ({ ref, sha, type }))
    .filter(({ ref }) => ref !== '' && ref.startsWith(prefix));
}

/** A repository that was just made is empty for a while, also when it has a commit. */
export async function checkContent(repository: Repository): Promise<void> {
  if (repository.lateContent > 0) {
    repository.lateContent -= 1;
    throw emptyRepository();
  }
  if (!hasBranch(repository)) throw emptyRepository();
}

/** Asked before every request for content, so without a process: branches are files, or lines of one. */
function hasBranch({ folder }: Repository): boolean {
  if (existsSync(join(folder, 'packed-refs'))) return true;
  const found = readdirSync(join(folder, 'refs', 'heads'), { recursive: true, withFileTypes: true });
  return found.some((entry) => entry.isFile());
}

/** The commit that a branch, a tag or a hash means. */
export async function commitOf(repository: Repository, name: string): Promise<string> {
  const candidates = [
    `refs/heads/${name}`,
    `refs/tags/${name}`,
    ...(/^[0-9a-f]{4,40}$/.test(name) ? [name] : []),
  ];
  for (const candidate of candidates) {
    const hash = await gitMaybe(repository.folder, [
      'rev-parse',
      '--verify',
      '--quiet',
      `${candidate}^{commit}`,
    ]);
    if (hash !== undefined) return hash;
  }
  throw notFound();
}

/** Commits files on top of a branch, the default one unless another is named; for what a test begins with. */
export async function commitFiles(
  state: State,
  repository: Repository,
  files: Readonly<Record<string, string | Uint8Array>>,
  message: string,
  branch: string = repository.defaultBranch,
): Promise<string> {
  const { folder } = repository;
  const head = (await headOf(repository, branch)) ?? (await headOf(repository, repository.defaultBranch));
  const names = Object.keys(files);
  const hashes = await writeBlobs(
    folder,
    names.map((name) => Buffer.from(files[name] ?? '')),
  );
  const entries = names.map((path, index) => ({
    path,
    mode: path.endsWith('.sh') ? '100755' : '100644',
    sha: hashes[index] ?? null,
  }));
  const tree = await writeTree(folder, entries, head);
  const who: Signature = { name: 'Ana', email: 'ana@example.com', date: state.now().toISOString() };
  const commit = await writeCommit(folder, tree, head === undefined ? [] : [head], message, who, who);
  await gitText(folder, ['update-ref', `refs/heads/${branch}`, commit]);
  noticePush(state, repository);
  return commit;
}

/** What GitHub notes when a branch moved. */
export function noticePush(state: State, repository: Repository): void {
  repository.pushedAt = state.now();
  repository.updatedAt = state.now();
}

/** The hook that refuses pushes knows the branches of this moment. */
export async function refreshHook(state: State, repository: Repository): Promise<void> {
  const branches = (await refsOf(repository, 'refs/heads/')).map(({ ref }) =>
    ref.slice('refs/heads/'.length),
  );
  writeUpdateHook(repository, [...new Set([...branches, repository.defaultBranch])], state.gitUrl);
}
