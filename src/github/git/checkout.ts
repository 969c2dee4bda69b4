import { type GitContext, git } from './git.ts';
import type { Identity } from './identity.ts';

/**
 * Clones a repository into a folder that does not exist, with `origin` set and its branch tracked.
 * An identity that git does not know is kept in the checkout, so that the next commit works too.
 * @param options Further ones of `git clone`.
 */
export async function cloneCheckout(
  url: string,
  folder: string,
  identity: Identity,
  cwd: string,
  context: GitContext,
  options: readonly string[] = [],
): Promise<void> {
  const who = identity.assumed
    ? ['--config', `user.name=${identity.name}`, '--config', `user.email=${identity.email}`]
    : [];
  const words = ['clone', '--quiet', '--origin', 'origin', ...options, ...who, '--', url, folder];
  await git(cwd, words, context);
}
