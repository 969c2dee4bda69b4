import { type Git, tryAsk } from './git.ts';
import { lastLines } from './subprocess.ts';

/** What is known of a branch of the remote `origin`. */
export type RemoteBranch =
  | { readonly kind: 'tip'; readonly commit: string }
  /** The remote answers, and has no such branch. */
  | { readonly kind: 'absent' }
  /** The remote cannot be asked; `reason` is git's own word. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Asks the remote where a branch stands. */
export async function findRemoteBranch(git: Git, branch: string): Promise<RemoteBranch> {
  return (await askRemote(git, branch)).branch;
}

/** Asks the remote at once where a branch stands and which branch is its default. */
export async function askRemote(
  git: Git,
  branch: string,
): Promise<{ readonly branch: RemoteBranch; readonly defaultBranch?: string }> {
  const ref = `refs/heads/${branch}`;
  const answer = await git.run(['ls-remote', '--symref', 'origin', 'HEAD', ref]);
  if (answer.exitCode !== 0) return { branch: { kind: 'unreachable', reason: lastLines(answer.stderr, 1) } };
  const defaultBranch = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(answer.stdout)?.[1];
  const commit = answer.stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([, found]) => found === ref)?.[0];
  return {
    branch: commit === undefined ? { kind: 'absent' } : { kind: 'tip', commit },
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
  };
}

/** Where a branch of the remote stood when the clone was made or last fetched; undefined when it does not say. */
export function knownRemoteTip(git: Git, branch: string): Promise<string | undefined> {
  return tryAsk(git, ['rev-parse', '--verify', '--quiet', `refs/remotes/origin/${branch}^{commit}`]);
}

/** The default branch of the remote as the clone knows it, without asking; undefined when it does not say. */
export async function knownDefaultBranch(git: Git): Promise<string | undefined> {
  const known = await tryAsk(git, ['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD']);
  return known?.replace(/^refs\/remotes\/origin\//, '');
}

/** True when `older` is `newer` or one of its ancestors. False also when the clone does not hold them. */
export async function isAncestor(git: Git, older: string, newer: string): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', older, newer])).exitCode === 0;
}
