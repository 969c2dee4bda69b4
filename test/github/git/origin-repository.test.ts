import assert from 'node:assert/strict';
import { parseOrigin, readOrigin } from '../../../src/github/git/origin-repository.ts';
import { temporaryFolder } from '../../setup.ts';

describe('the origin of a clone', () => {
  it('names organisation and repository in every form that git takes', () => {
    const acme = { owner: 'acme', name: 'weather' };
    const known: readonly (readonly [string, string | undefined])[] = [
      ['https://github.com/acme/weather.git', 'github.com'],
      ['https://github.com/acme/weather', 'github.com'],
      ['https://x-access-token:secret@GitHub.acme.com:8443/acme/weather.git/', 'github.acme.com:8443'],
      ['git@github.com:acme/weather.git', 'github.com'],
      ['ssh://git@ssh.github.com:443/acme/weather.git', 'github.com'],
      ['git@acme.ghe.com:acme/weather.git', 'acme.ghe.com'],
      ['work:acme/weather.git', undefined],
    ];
    for (const [url, host] of known)
      assert.deepEqual(parseOrigin(url), host === undefined ? acme : { host, ...acme }, url);
  });

  it('is no repository of GitHub where it is a folder, or has no owner', () => {
    for (const url of [
      '',
      '/home/ana/.hermes/git/weather.git',
      'file:///a/b.git',
      'https://git.acme.com/w.git',
    ])
      assert.equal(parseOrigin(url), undefined, url);
  });

  it('is nothing outside of a clone, and without git', async () => {
    const { signal } = new AbortController();
    assert.equal(await readOrigin(temporaryFolder(), { env: process.env, signal }), undefined);
    assert.equal(await readOrigin(temporaryFolder(), { env: { PATH: '' }, signal }), undefined);
  });
});
