import { ConfigError } from '../../core/errors.ts';
import type { Identity } from './identity.ts';

/**
 * What is committed on GitHub stays there for everybody, so nobody is made up for it; as git itself refuses to commit
 * before it knows who does.
 * @throws ConfigError `HERMES_NO_AUTHOR` before anything is asked of GitHub
 */
export function requireKnownAuthor({ isMadeUp, name, email }: Identity): void {
  if (isMadeUp !== true) return;
  throw new ConfigError(`Cannot commit on GitHub as ${name} <${email}>: git does not know who you are.`, {
    code: 'HERMES_NO_AUTHOR',
    nextStep:
      'Tell it, then run the same command again (in CI, set GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL):\n' +
      '  git config --global user.name "Your Name"\n  git config --global user.email you@example.com',
  });
}
