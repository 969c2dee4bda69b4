import { ConfigError, type HermesError, RemoteError } from '../src/core/errors.ts';
import { type CommandResult, lastLines, runCommand } from './subprocess.ts';

/** A git repository with a work tree, and how to ask it. */
export interface Git {
  /** Absolute path of the work tree. */
  readonly root: string;
  /** Runs git in the work tree; never through a shell. */
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CommandResult>;
}

export interface GitOptions {
  readonly folder: string;
  /** Environment of the git processes. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the repository that holds a folder.
 * @throws ConfigError when git is missing or the folder is in no repository
 */
export async function openGit({ folder, env, signal }: GitOptions): Promise<Git> {
  // Without a terminal prompt a missing credential is an error instead of a wait without end.
  const quiet = { ...env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const at = async (cwd: string, args: readonly string[], more?: NodeJS.ProcessEnv) =>
    runCommand('git', args, { cwd, env: { ...quiet, ...more }, signal }).catch(rethrowMissing);
  const found = await at(folder, ['rev-parse', '--show-toplevel']);
  if (found.exitCode !== 0) {
    throw new ConfigError(`Cannot work here: ${lastLines(found.stderr, 2).replace(/^fatal: /, '')}`, {
      code: 'HERMES_NO_REPOSITORY',
      facts: { folder },
      nextStep: 'Go to a folder of a git repository, or create one: hermes repo create NAME',
    });
  }
  const root = found.stdout.replace(/\n$/, '');
  return { root, run: (args, more) => at(root, args, more) };
}

/** Stdout of a git command that has to succeed. @throws RemoteError with git's own words */
export async function ask(git: Git, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const result = await git.run(args, env);
  if (result.exitCode === 0) return result.stdout.replace(/\n$/, '');
  throw gitError(args, result);
}

/** As {@link ask}, but undefined when git answers with a failure. */
export async function tryAsk(git: Git, args: readonly string[]): Promise<string | undefined> {
  const result = await git.run(args);
  return result.exitCode === 0 ? result.stdout.replace(/\n$/, '') : undefined;
}

function gitError(args: readonly string[], result: CommandResult): HermesError {
  return new RemoteError(`Cannot ask git: ${lastLines(result.stderr, 3) || 'it said nothing.'}`, {
    code: 'HERMES_GIT',
    facts: { command: `git ${args[0]}`, exit: result.exitCode },
  });
}

function rethrowMissing(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENOENT') throw error;
  throw new ConfigError('Cannot find git: there is no such program in PATH.', {
    code: 'HERMES_NO_GIT',
    nextStep: 'Install it: apt install git (Debian, Ubuntu), brew install git (macOS).',
    cause: error,
  });
}
