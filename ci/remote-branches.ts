import { ConnectionError, RemoteError } from '../src/core/errors.ts';
import { printableLine } from '../src/core/printable.ts';
import { type Git, tryAsk } from './git.ts';
import { askBranches } from './remote.ts';

/** Every branch of the remote `origin`, as full refs. */
export interface RemoteBranches {
  /** Address of the remote, as git knows it: a text of unknown origin, maybe with credentials. */
  readonly url: string;
  /** `refs/heads/feature/x` */
  readonly refs: ReadonlySet<string>;
}

/**
 * Asks the remote which branches live.
 * @param expected a branch that has to be there, when one is known: a remote without it is another repository
 * @throws ConnectionError when the remote cannot be asked; RemoteError when its answer cannot be that of this repository
 */
export async function listRemoteBranches(git: Git, expected?: string): Promise<RemoteBranches> {
  const url = (await tryAsk(git, ['config', '--get', 'remote.origin.url'])) ?? 'origin';
  const answer = await askBranches(git);
  if (answer.kind === 'unreachable') {
    throw new ConnectionError(
      `Cannot tell which branches live, so nothing is deleted: ${printableLine(answer.reason)}`,
      {
        code: 'HERMES_REMOTE_UNREACHABLE',
        nextStep: 'Make `git ls-remote --heads origin` work here, then run the same command again.',
      },
    );
  }
  const refs = new Set(answer.commits.keys());
  if (refs.size > 0 && (expected === undefined || refs.has(`refs/heads/${expected}`))) return { url, refs };
  const lack = refs.size === 0 ? 'no branch at all' : `no branch ${printableLine(expected ?? '')}`;
  throw new RemoteError(`Cannot tell which branches live, so nothing is deleted: origin has ${lack}.`, {
    code: 'HERMES_REMOTE_EMPTY',
    nextStep: 'Make origin the repository that CI publishes from, then run the same command again.',
  });
}
