import { ConfigError } from '../src/core/errors.ts';
import type { CiEvent } from './detect-ci.ts';
import { ask, type Git, tryAsk } from './git.ts';

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
 * @param configured the default branch that hermes.yaml names
 * @throws ConfigError when the repository has no commit
 */
export async function readRepositoryFacts(
  git: Git,
  event: CiEvent,
  configured: string | undefined,
): Promise<RepositoryFacts> {
  const head = await tryAsk(git, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head === undefined) {
    throw new ConfigError('Cannot publish: the repository has no commit yet.', {
      code: 'HERMES_NO_COMMIT',
      facts: { repository: git.root },
      nextStep: 'Commit your files first: git add . && git commit',
    });
  }
  const isPush = event.kind === 'push';
  const named = configured ?? event.defaultBranch;
  const defaultBranch = named ?? (isPush ? await remoteDefaultBranch(git) : undefined);
  const mayRelease = isPush && event.branch === defaultBranch;
  return {
    head,
    branch: (await tryAsk(git, ['symbolic-ref', '--quiet', 'HEAD']))?.replace(/^refs\/heads\//, ''),
    defaultBranch,
    isOnRemoteDefault:
      mayRelease && defaultBranch !== undefined && (await isOnRemoteBranch(git, head, defaultBranch)),
    changedFiles: event.system === 'hand' ? await changedFiles(git) : [],
  };
}

/** The branch that the remote's HEAD names; what the last fetch knew when the remote cannot be asked. */
async function remoteDefaultBranch(git: Git): Promise<string | undefined> {
  const answer = await tryAsk(git, ['ls-remote', '--symref', 'origin', 'HEAD']);
  const asked = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(answer ?? '')?.[1];
  if (asked !== undefined) return asked;
  const known = await tryAsk(git, ['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD']);
  return known?.replace(/^refs\/remotes\/origin\//, '');
}

/** Commit at the tip of a remote branch; undefined when the branch is gone or the remote cannot be asked. */
export async function remoteTip(git: Git, branch: string): Promise<string | undefined> {
  const answer = await tryAsk(git, ['ls-remote', 'origin', `refs/heads/${branch}`]);
  return answer
    ?.split('\n')
    .map((line) => line.split('\t'))
    .find(([, ref]) => ref === `refs/heads/${branch}`)?.[0];
}

/** True when `older` is `newer` or one of its ancestors. False also when the clone does not hold them. */
export async function isAncestor(git: Git, older: string, newer: string): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', older, newer])).exitCode === 0;
}

async function isOnRemoteBranch(git: Git, commit: string, branch: string): Promise<boolean> {
  const tip = await remoteTip(git, branch);
  if (tip === undefined) return false;
  if (tip === commit || (await isAncestor(git, commit, tip))) return true;
  const fetched = await git.run(['fetch', '--quiet', '--no-tags', 'origin', `refs/heads/${branch}`]);
  return fetched.exitCode === 0 && isAncestor(git, commit, tip);
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
