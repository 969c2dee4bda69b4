import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { HermesError } from '../../core/errors.ts';
import { type GitContext, git } from './git.ts';

/**
 * How a push from a clone signs in. `settled`: by what git has, a helper or a key of ssh; `gh`: not yet, and `gh` can
 * be asked to; `password`: git asks for one.
 */
export type PushSignIn = 'settled' | 'gh' | 'password';

/** Looks how the pushes of a clone sign in; asks no host. */
export async function findPushSignIn(clone: string, context: GitContext): Promise<PushSignIn> {
  const { env } = context;
  const url = await answer(clone, ['remote', 'get-url', '--push', 'origin'], context);
  if (url === undefined || !/^https?:/.test(url) || env.GIT_ASKPASS) return 'settled';
  for (const setting of ['credential.helper', 'http.extraheader', 'core.askPass'])
    if (await answer(clone, ['config', '--get-urlmatch', setting, url], context)) return 'settled';
  return hasProgram('gh', env) ? 'gh' : 'password';
}

/** Undefined where git has none. */
async function answer(
  clone: string,
  words: readonly string[],
  context: GitContext,
): Promise<string | undefined> {
  try {
    return await git(clone, words, context);
  } catch (error) {
    if (error instanceof HermesError && error.code === 'HERMES_GIT_FAILED') return undefined;
    throw error;
  }
}

function hasProgram(name: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
