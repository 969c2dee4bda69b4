import { ConfigError, ConnectionError } from '../src/core/errors.ts';
import { printableLine } from '../src/core/printable.ts';
import { didYouMean } from '../src/core/suggest.ts';
import { ask, type Git, tryAsk } from './git.ts';
import { askBranches, findRemoteBranch, knownRemoteTip } from './remote.ts';
import { lastLines } from './subprocess.ts';

/** Where a piece of work left the branch that it is going to change. */
export interface Base {
  /** Name of the branch, without `refs/heads/`. */
  readonly branch: string;
  /** The commit at which the branch stands. */
  readonly tip: string;
  /** The commit that both have in common. */
  readonly commit: string;
}

export interface BaseQuestion {
  readonly branch: string;
  readonly head: string;
  /** Where CI says that the work left the branch; taken when git does not find it. */
  readonly hint?: string | undefined;
}

// How many commits more a shallow clone gets at each try, before it gets all.
const DEEPENINGS = ['--deepen=50', '--deepen=1000', '--unshallow'];
const WHOLE_CLONE =
  'Let CI clone the whole history: fetch-depth: 0 (GitHub Actions), GIT_DEPTH: "0" (GitLab), depth: false (Travis), no shallow clone (Jenkins).';

/**
 * Finds the commit at which the work left a branch. Fetches the branch when the clone lacks it, and history as far as
 * needed when the clone is shallow.
 * @throws ConfigError when there is no such branch, or no commit in common; ConnectionError when the branch or the
 *   history cannot be had
 */
export async function findBase(git: Git, { branch, head, hint }: BaseQuestion): Promise<Base> {
  const tip = await findTip(git, branch);
  const commit = (await commonCommit(git, tip, head)) ?? (await deepen(git, branch, tip, head));
  if (commit !== undefined) return { branch, tip, commit };
  if (hint !== undefined && (await holds(git, hint))) return { branch, tip, commit: hint };
  throw new ConfigError(
    `Cannot compare with ${printableLine(branch)}: it has no commit in common with this one.`,
    {
      code: 'HERMES_NO_BASE',
      facts: { head: head.slice(0, 7), tip: tip.slice(0, 7) },
      nextStep: 'Name the branch that this work started from: hermes ci check --base BRANCH',
    },
  );
}

/** The commit at which the branch stands: at origin, or as the clone knows it where origin cannot be asked. */
async function findTip(git: Git, branch: string): Promise<string> {
  const ref = `refs/heads/${branch}`;
  if ((await git.run(['check-ref-format', ref])).exitCode !== 0) throw await noBranch(git, branch);
  const found = await findRemoteBranch(git, branch);
  if (found.kind === 'absent') throw await noBranch(git, branch);
  if (found.kind === 'unreachable') {
    const known = (await knownRemoteTip(git, branch)) ?? (await localTip(git, ref));
    if (known !== undefined) return known;
    throw new ConnectionError(`Cannot get ${printableLine(branch)} of origin: ${found.reason}`, {
      code: 'HERMES_NO_BASE',
      nextStep: `Give git access to origin, or have the branch in the clone. ${WHOLE_CLONE}`,
    });
  }
  if (await holds(git, found.commit)) return found.commit;
  const fetched = await git.run(['fetch', '--quiet', '--no-tags', 'origin', ref]);
  if (fetched.exitCode === 0) return ask(git, ['rev-parse', '--verify', 'FETCH_HEAD^{commit}']);
  throw notFetched(branch, fetched.stderr);
}

/** Gets more history into a shallow clone until both commits meet; undefined when they never do. */
async function deepen(git: Git, branch: string, tip: string, head: string): Promise<string | undefined> {
  const fetch = ['fetch', '--quiet', '--no-tags'];
  for (const depth of DEEPENINGS) {
    if ((await ask(git, ['rev-parse', '--is-shallow-repository'])) !== 'true') return undefined;
    const ref = `refs/heads/${branch}`;
    // Not every server gives a commit by its hash; the branch alone is often enough.
    const both = await git.run([...fetch, depth, 'origin', ref, head]);
    const got = both.exitCode === 0 ? both : await git.run([...fetch, depth, 'origin', ref]);
    if (got.exitCode !== 0) throw notFetched(branch, got.stderr);
    const commit = await commonCommit(git, tip, head);
    if (commit !== undefined) return commit;
  }
  return undefined;
}

function notFetched(branch: string, stderr: string): ConnectionError {
  return new ConnectionError(
    `Cannot find where this work left ${printableLine(branch)}: the clone is shallow, and git cannot fetch more: ${lastLines(stderr, 2)}`,
    { code: 'HERMES_NO_BASE', nextStep: WHOLE_CLONE },
  );
}

async function noBranch(git: Git, branch: string): Promise<ConfigError> {
  const answer = await askBranches(git);
  const refs = answer.kind === 'branches' ? [...answer.commits.keys()] : [];
  const hint = didYouMean(
    branch,
    refs.map((ref) => ref.slice('refs/heads/'.length)),
  );
  return new ConfigError(`Cannot compare with ${printableLine(branch)}: origin has no such branch.`, {
    code: 'HERMES_NO_BRANCH',
    ...(hint === undefined ? {} : { nextStep: printableLine(hint) }),
  });
}

function commonCommit(git: Git, a: string, b: string): Promise<string | undefined> {
  return tryAsk(git, ['merge-base', a, b]);
}

function localTip(git: Git, ref: string): Promise<string | undefined> {
  return tryAsk(git, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
}

async function holds(git: Git, commit: string): Promise<boolean> {
  return (
    /^[0-9a-f]{7,64}$/.test(commit) &&
    (await git.run(['cat-file', '-e', `${commit}^{commit}`])).exitCode === 0
  );
}
