import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectionError, RemoteError } from '../../../core/errors.ts';

/** Runs git in a folder, without a shell, and answers how it ended. */
export type RunGit = (
  folder: string,
  words: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<{ readonly exitCode: number | undefined; readonly stdout: string; readonly stderr: string }>;

/** A branch of a remote repository. */
export interface GitBranch {
  /** As the configuration names it: `git+https://host/path.git#branch`. */
  readonly url: string;
  readonly remote: string;
  readonly branch: string;
}

/** A bare repository of its own that knows the branch, for the time of one action. */
export interface GitRepository {
  /** Commit at the tip of the branch; undefined when there is no such branch yet. */
  readonly tip: string | undefined;
  /** Standard output of a git command that has to succeed. */
  ask(words: readonly string[], options?: GitInput): Promise<string>;
  /** The same for one that may fail; undefined when it does. */
  tryAsk(words: readonly string[], options?: GitInput): Promise<string | undefined>;
  /** Takes a commit to the branch; false when somebody else pushed meanwhile. */
  push(commit: string): Promise<boolean>;
}

interface GitInput {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Fetches a branch into a folder of its own, and removes that when `work` is done.
 * @param depth How many commits; absent = all of them
 * @throws ConnectionError (`HERMES_GIT_REMOTE`) when the remote cannot be reached or refuses
 */
export async function withBranch<T>(
  git: RunGit,
  branch: GitBranch,
  options: { readonly depth?: number; readonly signal?: AbortSignal | undefined },
  work: (repository: GitRepository) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hermes-deploy-'));
  const { depth, signal } = options;
  const run = (words: readonly string[], input: GitInput = {}) => git(folder, words, { ...input, signal });
  try {
    await required(run(['init', '--quiet', '--bare']), branch);
    const tip = await fetchTip(run, branch, depth);
    return await work({
      tip,
      ask: async (words, input) => required(run(words, input), branch),
      tryAsk: async (words, input) => {
        const { exitCode, stdout } = await run(words, input);
        return exitCode === 0 ? stdout : undefined;
      },
      push: (commit) => push(run, branch, tip, commit),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Run = (words: readonly string[], input?: GitInput) => ReturnType<RunGit>;

async function fetchTip(run: Run, branch: GitBranch, depth: number | undefined): Promise<string | undefined> {
  if ((await remoteTip(run, branch)) === undefined) return undefined;
  const shallow = depth === undefined ? [] : [`--depth=${depth}`];
  const refs = `+${refOf(branch)}:refs/hermes/tip`;
  await required(run(['fetch', '--quiet', '--no-tags', ...shallow, '--', branch.remote, refs]), branch, true);
  return (await required(run(['rev-parse', '--verify', 'refs/hermes/tip^{commit}']), branch)).trim();
}

async function remoteTip(run: Run, branch: GitBranch): Promise<string | undefined> {
  const ref = refOf(branch);
  const listed = await required(run(['ls-remote', '--heads', '--', branch.remote, ref]), branch, true);
  // A pattern matches the ends of other refs, too: refs/heads/x/refs/heads/main.
  const lines = listed.split('\n').map((line) => line.split('\t'));
  return lines.find(([, name]) => name === ref)?.[0];
}

/** The reply of a push may get lost, and of two at once one is refused in many words: where the branch stands decides. */
async function push(run: Run, branch: GitBranch, base: string | undefined, commit: string): Promise<boolean> {
  const words = ['push', '--quiet', '--no-verify', '--', branch.remote, `${commit}:${refOf(branch)}`];
  const { exitCode, stderr } = await run(words);
  if (exitCode === 0) return true;
  const tip = await remoteTip(run, branch);
  if (tip === commit) return true;
  if (tip !== base || /cannot lock ref|failed to update ref/.test(stderr)) return false;
  throw failure(branch, stderr, true);
}

function refOf({ branch }: GitBranch): string {
  return `refs/heads/${branch}`;
}

async function required(running: ReturnType<RunGit>, branch: GitBranch, isRemote = false): Promise<string> {
  const { exitCode, stdout, stderr } = await running;
  if (exitCode === 0) return stdout;
  throw failure(branch, stderr, isRemote);
}

function failure({ url }: GitBranch, said: string, isRemote: boolean): ConnectionError | RemoteError {
  const reason = reasonIn(said);
  if (!isRemote)
    return new RemoteError(`Cannot deploy with git: ${reason}`, { code: 'HERMES_GIT', facts: { to: url } });
  return new ConnectionError(`Cannot work with the repository of DAGs: ${reason}`, {
    code: 'HERMES_GIT_REMOTE',
    facts: { to: url },
    nextStep: 'See that the repository exists, and that git may push to the branch from this machine.',
  });
}

/** What git and ssh say to everybody, whatever is wrong. */
const BOILERPLATE =
  /^(hint:|Please make sure you have the correct access rights|and the repository exists\.|fatal: Could not read from remote repository\.|To |error: failed to push some refs)/;
const LONGEST = 3;

/** The lines of git that say what is wrong, those of the other end among them. */
function reasonIn(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = lines.filter((line) => !BOILERPLATE.test(line));
  const shown = telling.length === 0 ? lines : telling;
  return shown.slice(0, LONGEST).join(' · ') || 'git said nothing';
}
