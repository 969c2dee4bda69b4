import { type Git, tryAsk } from './git.ts';
import { lastLines } from './subprocess.ts';

/** The remote `origin` cannot be asked; `reason` is git's own word. */
interface Unreachable {
  readonly kind: 'unreachable';
  readonly reason: string;
}

/** What the remote `origin` answers. */
type RemoteAnswer =
  | {
      readonly kind: 'branches';
      /** Commit by full ref, `refs/heads/feature/x`. */
      readonly commits: ReadonlyMap<string, string>;
      readonly defaultBranch?: string;
    }
  | Unreachable;

/** What is known of a branch of the remote `origin`. */
export type RemoteBranch =
  | { readonly kind: 'tip'; readonly commit: string }
  /** The remote answers, and has no such branch. */
  | { readonly kind: 'absent' }
  | Unreachable;

/** Asks the remote for all its branches; it does not say then which is the default. */
export function askBranches(git: Git): Promise<RemoteAnswer> {
  return lsRemote(git, ['--heads', 'origin']);
}

/** Asks the remote at once where a branch stands and which branch is its default. */
export async function askRemote(
  git: Git,
  branch: string,
): Promise<{ readonly branch: RemoteBranch; readonly defaultBranch?: string }> {
  const ref = `refs/heads/${branch}`;
  const answer = await lsRemote(git, ['--symref', 'origin', 'HEAD', ref]);
  if (answer.kind === 'unreachable') return { branch: answer };
  const { commits, defaultBranch } = answer;
  const commit = commits.get(ref);
  return {
    branch: commit === undefined ? { kind: 'absent' } : { kind: 'tip', commit },
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
  };
}

/** Asks the remote where a branch stands. */
export async function findRemoteBranch(git: Git, branch: string): Promise<RemoteBranch> {
  return (await askRemote(git, branch)).branch;
}

/** Commit at the tip of a remote branch; undefined when the branch is gone or the remote cannot be asked. */
export async function remoteTip(git: Git, branch: string): Promise<string | undefined> {
  const found = await findRemoteBranch(git, branch);
  return found.kind === 'tip' ? found.commit : undefined;
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

/** https://git-scm.com/docs/git-ls-remote#_output */
async function lsRemote(git: Git, args: readonly string[]): Promise<RemoteAnswer> {
  const { exitCode, stdout, stderr } = await git.run(['ls-remote', ...args]);
  if (exitCode !== 0) return { kind: 'unreachable', reason: lastLines(stderr, 1) };
  const lines = stdout.split('\n').map((line) => line.split('\t'));
  const commits = lines.flatMap(([commit = '', ref = '']) =>
    ref.startsWith('refs/heads/') ? [[ref, commit] as const] : [],
  );
  const head = lines.find(([target, ref]) => ref === 'HEAD' && target?.startsWith('ref: refs/heads/'))?.[0];
  return {
    kind: 'branches',
    commits: new Map(commits),
    ...(head === undefined ? {} : { defaultBranch: head.slice('ref: refs/heads/'.length) }),
  };
}
