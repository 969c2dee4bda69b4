import assert from 'node:assert/strict';
import type { CiEvent } from '../../ci/detect-ci.ts';
import { type RepositoryFacts, readRepositoryFacts } from '../../ci/repository-facts.ts';
import { makeRepository, type Repository } from './repository.ts';

const push: CiEvent = { system: 'github', kind: 'push', branch: 'master', evidence: {} };

async function read(repository: Repository, defaultBranch?: string): Promise<RepositoryFacts> {
  const named = defaultBranch === undefined ? {} : { defaultBranch };
  return readRepositoryFacts(await repository.open(), { ...push, ...named });
}

describe('whether the default branch of origin holds a commit', () => {
  it('is asked of origin', async () => {
    const repository = makeRepository();
    const { isOnRemoteDefault, defaultBranch } = await read(repository);
    assert.deepEqual([isOnRemoteDefault, defaultBranch], [true, 'master']);
    repository.write({ 'a.txt': 'not pushed' });
    repository.git('add', '--all');
    repository.git('commit', '--quiet', '--message', 'change');
    assert.equal((await read(repository)).isOnRemoteDefault, false);
  });

  it('is asked of the branch that hermes.yaml names, whatever CI and origin say', async () => {
    const repository = makeRepository();
    repository.write({ 'hermes.yaml': 'hermes: ^1.0\nteam: weather\ndefault_branch: trunk\n' });
    const { isOnRemoteDefault, defaultBranch } = await read(repository, 'master');
    assert.deepEqual([isOnRemoteDefault, defaultBranch], [false, 'trunk']);
  });

  it('is known from the checkout where origin cannot be asked again', async () => {
    const repository = makeRepository();
    repository.git('remote', 'set-url', 'origin', '/nowhere');
    assert.equal((await read(repository, 'master')).isOnRemoteDefault, true);
    assert.equal((await read(repository)).defaultBranch, undefined);
    repository.git('commit', '--quiet', '--allow-empty', '--message', 'change');
    assert.equal((await read(repository, 'master')).isOnRemoteDefault, false);
    repository.git('update-ref', '-d', 'refs/remotes/origin/master');
    assert.equal((await read(repository, 'master')).isOnRemoteDefault, false);
  });

  it('is no, whatever the clone remembers, where origin has no such branch', async () => {
    const repository = makeRepository();
    repository.git('push', '--quiet', 'origin', 'HEAD:refs/heads/other');
    repository.git('--git-dir', repository.origin, 'symbolic-ref', 'HEAD', 'refs/heads/other');
    repository.git('--git-dir', repository.origin, 'update-ref', '-d', 'refs/heads/master');
    assert.equal((await read(repository, 'master')).isOnRemoteDefault, false);
  });
});
