import { type GitContext, git, gitByLine } from './git.ts';
import type { Identity } from './identity.ts';
import { DEFAULT_BRANCH } from './repository-host.ts';

/** The first commit of a repository. */
export interface FirstCommit {
  /** Folder that holds the files already. */
  readonly folder: string;
  readonly message: string;
  readonly identity: Identity;
  readonly origin: string;
}

/** Makes a folder of files a git repository with one commit of all of them, and `origin` set. Answers the commit. */
export async function commitAll(first: FirstCommit, context: GitContext): Promise<string> {
  const { folder, identity } = first;
  await git(folder, ['init', '--quiet', `--initial-branch=${DEFAULT_BRANCH}`], context);
  if (identity.assumed) {
    await git(folder, ['config', 'user.name', identity.name], context);
    await git(folder, ['config', 'user.email', identity.email], context);
  }
  // --force: a personal ignore list (`*.csv`) must not leave out a file of the template.
  await git(folder, ['add', '--all', '--force'], context);
  await git(folder, ['commit', '--quiet', '--message', first.message], context);
  await git(folder, ['remote', 'add', 'origin', first.origin], context);
  return git(folder, ['rev-parse', 'HEAD'], context);
}

/**
 * Pushes the first branch and makes it track its origin; `onRemoteLine` gets what the other side says, CI included.
 * @throws WorkFailedError when the other side refuses the push; a failing CI does not refuse it
 */
export async function pushFirstBranch(
  folder: string,
  onRemoteLine: (line: string) => void,
  context: GitContext,
): Promise<void> {
  const words = ['push', '--quiet', '--set-upstream', 'origin', DEFAULT_BRANCH];
  await gitByLine(folder, words, context, (line) => {
    if (line.startsWith(REMOTE)) onRemoteLine(line.slice(REMOTE.length).trimEnd());
  });
}

// Git marks lines of the other side so (https://git-scm.com/docs/git-push).
const REMOTE = 'remote: ';
