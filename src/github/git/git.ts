import { type ExecFileException, execFile } from 'node:child_process';
import { ConfigError, WorkFailedError } from '../../core/errors.ts';

/** Where and as whom git runs. */
export interface GitContext {
  /** Environment variables of the caller; those that point git at another repository are left out. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /**
   * Settings of git for this call alone, as `http.extraheader`; they go by variables of the environment, so that no
   * list of processes and no file shows a secret (https://git-scm.com/docs/git-config#ENVIRONMENT, git 2.31).
   */
  readonly settings?: readonly (readonly [key: string, value: string])[];
}

// `git rev-parse --local-env-vars`: set by git inside a hook or an alias, and wrong for any other repository.
const LOCAL_VARIABLES = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
]);

/**
 * Runs git in a folder, with `input` on its standard input, and answers what it printed, without the last line end.
 * @throws ConfigError `HERMES_NO_GIT` when there is no git
 * @throws WorkFailedError `HERMES_GIT_FAILED` with git's own words
 */
export async function git(
  folder: string,
  words: readonly string[],
  context: GitContext,
  input?: Uint8Array,
): Promise<string> {
  const printed = await gitBytes(folder, words, context, input);
  return printed.toString().replace(/\n$/, '');
}

/** The same, and answers the very bytes that git printed. */
export function gitBytes(
  folder: string,
  words: readonly string[],
  context: GitContext,
  input?: Uint8Array,
): Promise<Buffer> {
  const env = { ...forAnyRepository(context.env), ...settingVariables(context.settings ?? []) };
  return new Promise((resolve, reject) => {
    const { signal } = context;
    const options = { cwd: folder, env, signal, maxBuffer: 64 * 1024 * 1024, encoding: 'buffer' } as const;
    const child = execFile('git', [...words], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(gitError(error, words, folder, stderr.toString(), signal));
    });
    // A git that ends before it has read everything says why by its exit code.
    child.stdin?.on('error', () => {}).end(input);
  });
}

function settingVariables(settings: readonly (readonly [string, string])[]): NodeJS.ProcessEnv {
  if (settings.length === 0) return {};
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(settings.length) };
}

/** The variables without those that point git at one repository. */
export function forAnyRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !LOCAL_VARIABLES.has(name)));
}

function gitError(
  error: ExecFileException,
  words: readonly string[],
  folder: string,
  stderr: string,
  signal: AbortSignal,
): unknown {
  if (signal.aborted) return signal.reason;
  if (error.code === 'ENOENT') return noGit(error);
  const said = stderr.trim() || error.message;
  const verb = words.find((word, index) => !word.startsWith('-') && words[index - 1] !== '-c') ?? '';
  return new WorkFailedError(`Cannot ${verb} with git: ${said}`, {
    code: 'HERMES_GIT_FAILED',
    facts: { folder, exit: error.code ?? undefined },
  });
}

function noGit(cause: unknown): ConfigError {
  return new ConfigError('Cannot find git on the PATH.', {
    code: 'HERMES_NO_GIT',
    nextStep: 'Install git (https://git-scm.com/downloads), then run the command again.',
    cause,
  });
}
