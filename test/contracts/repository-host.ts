import assert from 'node:assert/strict';
import type { FirstCommit } from '../../src/github/first-commit.ts';
import type { RepositoryHost } from '../../src/github/repository-host.ts';

/** Judges a host of repositories, the fake and every real one alike. */
export function itHostsRepositories(makeHost: () => RepositoryHost): void {
  const { signal } = new AbortController();

  it('finds nothing under a name that nobody took', async () => {
    assert.equal(await makeHost().find('weather', signal), undefined);
  });

  it('finds what it created', async () => {
    const host = makeHost();
    const created = await host.create('weather', first, signal);
    const { commit, ...hosted } = created;
    assert.match(commit, /^[0-9a-f]{40}$/);
    assert.equal(hosted.name, 'weather');
    assert.deepEqual(await host.find('weather', signal), hosted);
  });

  it('refuses a name that is taken and says where', async () => {
    const host = makeHost();
    const { cloneUrl } = await host.create('weather', first, signal);
    await assert.rejects(host.create('weather', first, signal), {
      code: 'HERMES_REPOSITORY_TAKEN',
      message: `Cannot create repository weather: a repository of that name exists at ${cloneUrl}.`,
    });
    assert.notEqual(await host.find('weather', signal), undefined);
  });

  it('gives a name to one of two that want it at once', async () => {
    const host = makeHost();
    const outcomes = await Promise.allSettled([
      host.create('weather', first, signal),
      host.create('weather', first, signal),
    ]);
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
  });

  it('frees the name of a repository that it removed, and does not mind a missing one', async () => {
    const host = makeHost();
    await host.create('weather', first, signal);
    await host.enableCi('weather', signal);
    await host.remove('weather', signal);
    await host.remove('weather', signal);
    assert.equal(await host.find('weather', signal), undefined);
    await host.create('weather', first, signal);
  });

  it('runs CI for a commit and answers what came of it', async () => {
    const host = makeHost();
    const { commit } = await host.create('weather', first, signal);
    await host.enableCi('weather', signal);
    const lines: string[] = [];
    const run = await host.runCi('weather', commit, (line) => lines.push(line), signal);
    assert.deepEqual(
      [run.number, run.ref, run.commit, run.outcome, run.steps.map((step) => step.command)],
      [1, 'refs/heads/master', commit, 'passed', ['build_tools/test.sh']],
    );
    assert.ok(lines.includes('tested'));
  });
}

/** A repository whose CI passes and prints one word. */
const first: FirstCommit = {
  files: [
    { path: 'build_tools/test.sh', bytes: Buffer.from('#!/bin/sh\necho tested\n'), executable: true },
    { path: 'ñ "x"/data', bytes: Buffer.from([0, 255, 10]), executable: false },
  ],
  message: 'Start\n\nwith "quotes" and ñ',
  identity: { name: 'Ana <López>', email: 'ana@example.com', assumed: false },
  date: new Date('2026-01-02T03:04:05Z'),
};
