import assert from 'node:assert/strict';
import { listRemoteBranches } from '../../ci/remote-branches.ts';
import { makeRepository } from './repository.ts';

describe('the branches of the remote', () => {
  it('are full refs, hostile names as they are', async () => {
    const repository = makeRepository();
    const names = ['feature/x', 'x$(touch;y)', 'é', 'HEAD', 'refs/heads/x'];
    for (const name of names) repository.git('push', '--quiet', 'origin', `HEAD:refs/heads/${name}`);
    repository.git('push', '--quiet', 'origin', 'HEAD:refs/tags/v1');
    const { url, refs } = await listRemoteBranches(await repository.open(), 'master');
    assert.equal(url, repository.origin);
    assert.deepEqual([...refs].sort(), ['master', ...names].map((name) => `refs/heads/${name}`).sort());
  });

  it('cannot be told when the remote does not answer', async () => {
    const repository = makeRepository();
    repository.git('remote', 'set-url', 'origin', '/nowhere');
    await assert.rejects(async () => listRemoteBranches(await repository.open()), {
      code: 'HERMES_REMOTE_UNREACHABLE',
      message: /^Cannot tell which branches live, so nothing is deleted: .+/,
      nextStep: 'Make `git ls-remote --heads origin` work here, then run the same command again.',
      exitCode: 3,
    });
  });

  it('cannot be told from a remote that holds another repository', async () => {
    const repository = makeRepository();
    await assert.rejects(async () => listRemoteBranches(await repository.open(), 'trunk'), {
      message: 'Cannot tell which branches live, so nothing is deleted: origin has no branch trunk.',
      nextStep: 'Make origin the repository that CI publishes from, then run the same command again.',
      exitCode: 4,
    });
    const other = makeRepository();
    repository.git('init', '--quiet', '--bare', `${other.origin}-empty`);
    repository.git('remote', 'set-url', 'origin', `${other.origin}-empty`);
    await assert.rejects(async () => listRemoteBranches(await repository.open()), {
      message: 'Cannot tell which branches live, so nothing is deleted: origin has no branch at all.',
    });
  });
});
