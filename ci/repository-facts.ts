import { ConfigError } from '../src/core/errors.ts';
import { namedDefaultBranch } from './default-branch.ts';
import type { CiEvent } from './detect-ci.ts';
import { ask, type Git, tryAsk } from './git.ts';
import { askRemote, isAncestor, knownDefaultBranch, knownRemoteTip, type RemoteBranch } from './remote.ts';

/** What git says about the commit that CI checked out. */
export interface RepositoryFacts {
  readonly head: string;
  /** Name of the branch that is checked out; absent when HEAD is detached, as in most CI systems. */
  readonly branch: string | undefined;
  /** Asked for a push only; absent when neither hermes.yaml, nor CI, nor the remote says it. */
  readonly defaultBranch: string | undefined;
  /** True when the remote's default branch holds the commit. */
  readonly isOnRemoteDefault: boolean;
  /** Files that differ from the commit, untracked ones included. */
  readonly changedFiles: readonly string[];
}

/**
 * Reads the facts that decide about a publish.
 * @throws ConfigError when the repository has no commit
 */
export async function readRepositoryFacts(git: Git, event: CiEvent): Promise<RepositoryFacts> {
  const [head, branch] = await Promise.all([readHead(git), checkedOutBranch(git)]);
  const named = namedDefaultBranch(git, event)?.name;
  const pushed = event.kind === 'push' ? event.branch : undefined;
  // A push to another branch than the one that is named needs no answer of the remote.
  const isAsked = pushed !== undefined && (named === undefined || named === pushed);
  const remote = isAsked ? await askRemote(git, pushed) : undefined;
  const defaultBranch =
    named ?? remote?.defaultBranch ?? (isAsked ? await knownDefaultBranch(git) : undefined);
  const mayRelease = remote !== undefined && pushed !== undefined && pushed === defaultBranch;
  return {
    head,
    branch,
    defaultBranch,
    isOnRemoteDefault: mayRelease && (await isOnRemoteBranch(git, head, pushed, remote.branch)),
    changedFiles: event.system === 'hand' ? await changedFiles(git) : [],
  };
}

/** The commit that is checked out. @throws ConfigError when there is none yet */
export async function readHead(git: Git): Promise<string> {
  const head = await tryAsk(git, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head !== undefined) return head;
  throw new ConfigError('Cannot tell what to work on: the repository has no commit yet.', {
    code: 'HERMES_NO_COMMIT',
    facts: { repository: git.root },
    nextStep: 'Commit your files first: git add . && git commit',
  });
}

/** The branch that is checked out; undefined when HEAD is detached. */
export async function checkedOutBranch(git: Git): Promise<string | undefined> {
  return (await tryAsk(git, ['symbolic-ref', '--quiet', 'HEAD']))?.replace(/^refs\/heads\//, '');
}

/**
 * A CI job that keeps no credentials for git cannot ask a private remote again: then the copy of the remote's branch
 * that the job's own checkout brought counts. What it holds was on the branch.
 */
async function isOnRemoteBranch(
  git: Git,
  commit: string,
  branch: string,
  found: RemoteBranch,
): Promise<boolean> {
  if (found.kind === 'absent') return false;
  if (found.kind === 'unreachable') {
    const known = await knownRemoteTip(git, branch);
    return known !== undefined && isAncestor(git, commit, known);
  }
  if (found.commit === commit || (await isAncestor(git, commit, found.commit))) return true;
  const fetched = await git.run(['fetch', '--quiet', '--no-tags', 'origin', `refs/heads/${branch}`]);
  return fetched.exitCode === 0 && isAncestor(git, commit, found.commit);
}

/** Files that differ from the commit, untracked ones included; what Hermes itself keeps in `.hermes` does not count. */
export async function changedFiles(git: Git): Promise<string[]> {
  const status = await ask(git, ['status', '--porcelain', '-z', '--', ':/', ':(top,exclude).hermes']);
  const fields = status.split('\0');
  const files: string[] = [];
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] ?? '';
    if (field === '') continue;
    files.push(field.slice(3));
    // A rename or copy is followed by the name it came from.
    if (/^[RC]|^.[RC]/.test(field)) index += 1;
  }
  return files;
}
