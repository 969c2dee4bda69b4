import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBase } from '../../ci/find-base.ts';
import { type Git, openGit } from '../../ci/git.ts';
import { temporaryFolder } from '../setup.ts';
import { makeRepository, type Repository } from './repository.ts';

/** A repository in which `feature` left `master` at `base`, and both went on; `merge` is what GitHub checks out. */
function forked(): { repository: Repository; base: string; tip: string; head: string; merge: string } {
  const repository = makeRepository();
  for (const text of ['1', '2', '3']) repository.push({ 'a.txt': text });
  const base = repository.push({ 'a.txt': '4' });
  repository.git('switch', '--quiet', '-c', 'feature');
  for (const text of ['1', '2', '3']) repository.push({ 'b.txt': text }, 'feature');
  const head = repository.git('rev-parse', 'HEAD');
  repository.git('switch', '--quiet', 'master');
  const tip = repository.push({ 'c.txt': '1' });
  repository.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'feature');
  repository.git('push', '--quiet', 'origin', 'HEAD:refs/pull/7/merge');
  const merge = repository.git('rev-parse', 'HEAD');
  repository.git('reset', '--quiet', '--hard', tip);
  return { repository, base, tip, head, merge };
}

/** A clone as a CI system makes it: some commits of one ref, detached. */
async function shallowClone(
  origin: string,
  ref: string,
  depth: number,
): Promise<{ folder: string; git: Git }> {
  const folder = join(temporaryFolder(), 'clone');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  execFileSync('git', ['init', '--quiet', folder]);
  git('remote', 'add', 'origin', pathToFileURL(origin).href);
  git('fetch', '--quiet', '--no-tags', `--depth=${depth}`, 'origin', ref);
  git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
  return { folder, git: await openGit({ folder, env: process.env }) };
}

describe('where a pull request left its target', () => {
  const { repository, base, tip, head, merge } = forked();

  it('is found in a whole clone, for the branch itself and for the merge that GitHub checks out', async () => {
    const git = await repository.open();
    assert.deepEqual(await findBase(git, { branch: 'master', head }), {
      branch: 'master',
      tip,
      commit: base,
    });
    assert.equal((await findBase(git, { branch: 'master', head: merge })).commit, tip);
  });

  for (const depth of [1, 2, 3]) {
    it(`is found in a clone of ${depth} commits, which gets the history that it lacks`, async () => {
      const branch = await shallowClone(repository.origin, 'refs/heads/feature', depth);
      assert.deepEqual(await findBase(branch.git, { branch: 'master', head }), {
        branch: 'master',
        tip,
        commit: base,
      });
      const request = await shallowClone(repository.origin, 'refs/pull/7/merge', depth);
      assert.equal((await findBase(request.git, { branch: 'master', head: merge })).commit, tip);
    });
  }

  it('is found where origin cannot be asked again, by the branch that the checkout brought', async () => {
    const folder = join(temporaryFolder(), 'clone');
    execFileSync('git', ['clone', '--quiet', repository.origin, folder]);
    execFileSync('git', ['-C', folder, 'remote', 'set-url', 'origin', '/nowhere']);
    const git = await openGit({ folder, env: process.env });
    assert.equal((await findBase(git, { branch: 'master', head })).commit, base);
  });

  it('is an error with the cure when a shallow clone cannot get more', async () => {
    const copy = join(temporaryFolder(), 'origin.git');
    execFileSync('git', ['clone', '--quiet', '--mirror', repository.origin, copy]);
    const { folder, git } = await shallowClone(copy, 'refs/heads/feature', 1);
    const known = ['fetch', '--quiet', '--depth=1', 'origin', 'refs/heads/master:refs/remotes/origin/master'];
    execFileSync('git', ['-C', folder, ...known]);
    rmSync(copy, { recursive: true });
    await assert.rejects(
      findBase(git, { branch: 'master', head }),
      (error: Error & Record<string, unknown>) => {
        assert.match(
          error.message,
          /^Cannot find where this work left master: the clone is shallow, and git cannot fetch more: /,
        );
        assert.equal(
          error.nextStep,
          'Let CI clone the whole history: fetch-depth: 0 (GitHub Actions), GIT_DEPTH: "0" (GitLab), depth: false (Travis), no shallow clone (Jenkins).',
        );
        assert.equal(error.exitCode, 3);
        return true;
      },
    );
  });

  it('is never guessed for a branch that does not exist', async () => {
    const git = await repository.open();
    await assert.rejects(findBase(git, { branch: 'mastr', head }), {
      message: 'Cannot compare with mastr: origin has no such branch.',
      nextStep: 'Did you mean master?',
      exitCode: 2,
    });
    for (const branch of [
      '--upload-pack=touch owned',
      'a..b',
      'master:refs/heads/x',
      '+master',
      '*',
      'x\n\u202e',
    ]) {
      await assert.rejects(
        findBase(git, { branch, head }),
        /^ConfigError: Cannot compare with .*: origin has no such/,
      );
    }
  });

  it('is an error for histories that never meet', async () => {
    const other = makeRepository();
    other.git('switch', '--quiet', '--orphan', 'island');
    const island = other.push({ 'a.txt': '1' }, 'island');
    await assert.rejects(findBase(await other.open(), { branch: 'master', head: island }), {
      message:
        /^Cannot compare with master \[head=.{7}, tip=.{7}\]: it has no commit in common with this one\.$/,
      exitCode: 2,
    });
  });

  it('is taken from CI where git does not find it', async () => {
    const other = makeRepository();
    const hint = other.git('rev-parse', 'HEAD');
    other.git('switch', '--quiet', '--orphan', 'island');
    const island = other.push({ 'a.txt': '1' }, 'island');
    const found = await findBase(await other.open(), { branch: 'master', head: island, hint });
    assert.equal(found.commit, hint);
  });
});
