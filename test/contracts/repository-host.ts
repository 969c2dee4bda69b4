import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { git } from '../../src/github/git/git.ts';
import type { RepositoryHost, StepOutcome } from '../../src/github/repository-host.ts';
import { otherRepository, wantedRepository } from '../github/wanted-repository.ts';

/** A host, and how git gets at its repositories. */
export interface HostUnderTest {
  readonly host: RepositoryHost;
  /** A fresh clone of a repository; undefined for a host without content. */
  readonly clone?: (name: string) => Promise<string>;
}

/** Judges a host of repositories, the fake and every real one alike. */
export function itHostsRepositories(makeHost: () => Promise<HostUnderTest> | HostUnderTest): void {
  const { signal } = new AbortController();
  const silent = () => {};

  it('finds nothing under a name that nobody took, and plans without making anything', async () => {
    const { host } = await makeHost();
    const plan = await host.plan(wantedRepository(), signal);
    assert.ok(plan.steps.length > 0);
    assert.deepEqual(
      plan.steps.filter(({ isDone }) => isDone),
      [],
    );
    assert.equal(await host.find('weather', signal), undefined);
  });

  it('makes what it planned, step by step, and finds it', async () => {
    const { host } = await makeHost();
    const plan = await host.plan(wantedRepository(), signal);
    const told: StepOutcome[] = [];
    const made = await host.create(wantedRepository(), (step) => told.push(step), signal);
    assert.deepEqual(
      told.map(({ name, outcome }) => [name, outcome]),
      plan.steps.map(({ name }) => [name, 'done']),
    );
    assert.deepEqual(made.steps, told);
    assert.equal(made.isMade, true);
    assert.match(made.commit, /^[0-9a-f]{40}$/);
    assert.deepEqual(await host.find('weather', signal), { name: 'weather', cloneUrl: made.cloneUrl });
  });

  it('has nothing left to do for what it made', async () => {
    const { host } = await makeHost();
    const first = await host.create(wantedRepository(), silent, signal);
    const plan = await host.plan(wantedRepository(), signal);
    assert.deepEqual(
      plan.steps.map(({ isDone, calls }) => [isDone, calls]),
      plan.steps.map(() => [true, []]),
    );
    const second = await host.create(wantedRepository(), silent, signal);
    assert.deepEqual([...new Set(second.steps.map(({ outcome }) => outcome))], ['there']);
    assert.deepEqual([second.isMade, second.commit, second.cloneUrl], [false, first.commit, first.cloneUrl]);
  });

  it('leaves a repository alone that is another one, and says that the name is taken', async () => {
    const { host } = await makeHost();
    const { commit } = await host.create(otherRepository(), silent, signal);
    const attempts = [
      () => host.plan(wantedRepository(), signal),
      () => host.create(wantedRepository(), silent, signal),
    ];
    for (const attempt of attempts) {
      await assert.rejects(attempt(), (error: Error & { code?: string; nextStep?: string }) => {
        assert.equal(error.code, 'HERMES_REPOSITORY_TAKEN');
        assert.match(error.message, /^Cannot create repository .*weather.*: the .*diary of Ana/);
        assert.match(error.nextStep ?? '', /^Choose another name, or work on that one: git clone /);
        return true;
      });
    }
    const still = await host.create(otherRepository(), silent, signal);
    assert.deepEqual([still.isMade, still.commit], [false, commit]);
  });

  it('makes one repository for two that want it at once', async () => {
    const { host } = await makeHost();
    const both = await Promise.all([
      host.create(wantedRepository(), silent, signal),
      host.create(wantedRepository(), silent, signal),
    ]);
    const { commit } = await host.create(wantedRepository(), silent, signal);
    assert.deepEqual(
      both.map((made) => made.commit),
      [commit, commit],
    );
  });

  it('makes nothing for who has changed his mind', async () => {
    const { host } = await makeHost();
    const reason = new Error('Interrupted.');
    await assert.rejects(host.create(wantedRepository(), silent, AbortSignal.abort(reason)), reason);
    assert.equal(await host.find('weather', signal), undefined);
  });

  it('hands out every file as it was given, in one commit of its author', async function () {
    const { host, clone } = await makeHost();
    if (clone === undefined) return this.skip();
    const wanted = wantedRepository();
    const { commit, defaultBranch } = await host.create(wanted, silent, signal);
    const folder = await clone('weather');
    const asked = (...words: string[]) => git(folder, words, { env: process.env, signal });
    await asked('fsck', '--strict');
    assert.equal(await asked('rev-parse', `refs/remotes/origin/${defaultBranch}`), commit);
    assert.equal(await asked('symbolic-ref', '--short', 'HEAD'), defaultBranch);
    assert.equal(
      await asked('log', '--format=%an <%ae> %at %cn %ct %P|%B'),
      'Ana López <ana@example.com> 1767323045 Ana López 1767323045 |Start\n\nwith "quotes" and ñ',
    );
    for (const { path, bytes, executable } of wanted.first.files) {
      assert.deepEqual(readFileSync(`${folder}/${path}`), bytes);
      assert.equal((statSync(`${folder}/${path}`).mode & 0o100) !== 0, executable, path);
    }
    const held = (await asked('ls-files', '-z')).split('\0').filter(Boolean).sort();
    assert.deepEqual(held, wanted.first.files.map(({ path }) => path).sort());
  });
}
