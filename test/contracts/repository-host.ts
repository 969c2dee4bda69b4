import assert from 'node:assert/strict';
import type { RepositoryHost } from '../../src/github/repository-host.ts';

/** Judges a host of repositories, the fake and every real one alike. */
export function itHostsRepositories(makeHost: () => RepositoryHost): void {
  const { signal } = new AbortController();

  it('finds nothing under a name that nobody took', async () => {
    assert.equal(await makeHost().find('weather', signal), undefined);
  });

  it('finds what it created', async () => {
    const host = makeHost();
    const created = await host.create('weather', signal);
    assert.equal(created.name, 'weather');
    assert.deepEqual(await host.find('weather', signal), created);
  });

  it('refuses a name that is taken and says where', async () => {
    const host = makeHost();
    const { cloneUrl } = await host.create('weather', signal);
    await assert.rejects(host.create('weather', signal), {
      code: 'HERMES_REPOSITORY_TAKEN',
      message: `Cannot create repository weather: a repository of that name exists at ${cloneUrl}.`,
    });
    assert.notEqual(await host.find('weather', signal), undefined);
  });

  it('gives a name to one of two that want it at once', async () => {
    const host = makeHost();
    const outcomes = await Promise.allSettled([
      host.create('weather', signal),
      host.create('weather', signal),
    ]);
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
  });

  it('frees the name of a repository that it removed, and does not mind a missing one', async () => {
    const host = makeHost();
    await host.create('weather', signal);
    await host.enableCi('weather', signal);
    await host.remove('weather', signal);
    await host.remove('weather', signal);
    assert.equal(await host.find('weather', signal), undefined);
    await host.create('weather', signal);
  });

  it('knows of no CI run before a push', async () => {
    const host = makeHost();
    await host.create('weather', signal);
    await host.enableCi('weather', signal);
    assert.equal(await host.ciRun('weather', '0123456789012345678901234567890123456789', signal), undefined);
  });
}
