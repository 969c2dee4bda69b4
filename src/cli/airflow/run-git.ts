import { runCommand } from '../../../ci/subprocess.ts';
import { ConfigError } from '../../core/errors.ts';
import type { RunGit } from '../../engines/airflow/deploy/git-repository.ts';
import { forAnyRepository } from '../../github/git/git.ts';

/** Runs the user's git with the settings that the user's git has; it asks for no password. */
export function runGit(env: NodeJS.ProcessEnv): RunGit {
  // Hermes reads some of what git says, so it has to say it in English.
  const quiet = { ...forAnyRepository(env), ...settingsOf(env), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  return async (folder, words, { env: more, input, signal }) => {
    try {
      return await runCommand('git', words, { cwd: folder, env: { ...quiet, ...more }, input, signal });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new ConfigError('Cannot find git on the PATH.', {
        code: 'HERMES_NO_GIT',
        nextStep: 'Install git (https://git-scm.com/downloads), then run the command again.',
        cause: error,
      });
    }
  };
}

/** Settings that the caller gave by variables: a credential helper, say. */
function settingsOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => /^GIT_CONFIG_(COUNT|KEY_\d+|VALUE_\d+)$/.test(name)),
  );
}
