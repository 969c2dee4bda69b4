import { type GitContext, git } from '../git/git.ts';
import { resolveCommit } from '../git/git-tree.ts';
import { UPDATE_BRANCH } from './repository-fleet.ts';
import { digestInCommit } from './update-mark.ts';

/** A commit that offers an update. */
export interface DiskStanding {
  readonly commit: string;
  /** What names its change; undefined when somebody else has a hand in it. */
  readonly digest: string | undefined;
}

/** What stands on the branch of updates of a repository on this disk; undefined when there is none. */
export function readStanding(folder: string, context: GitContext): Promise<DiskStanding | undefined> {
  return readMark(folder, `refs/heads/${UPDATE_BRANCH}`, context);
}

/** The same of its origin, as far as it was fetched and is no part of a commit yet. */
export async function readOffered(
  folder: string,
  head: string,
  context: GitContext,
): Promise<DiskStanding | undefined> {
  const found = await readMark(folder, `refs/remotes/origin/${UPDATE_BRANCH}`, context);
  if (found === undefined) return undefined;
  const common = await git(folder, ['merge-base', '--all', found.commit, head], context).catch(() => '');
  return common === found.commit ? undefined : found;
}

async function readMark(folder: string, ref: string, context: GitContext): Promise<DiskStanding | undefined> {
  const commit = await resolveCommit(folder, ref, context);
  if (commit === undefined) return undefined;
  const [tree = '', ...message] = (
    await git(folder, ['log', '-1', '--format=%T%n%B', commit], context)
  ).split('\n');
  return { commit, digest: digestInCommit(message.join('\n'), tree) };
}
