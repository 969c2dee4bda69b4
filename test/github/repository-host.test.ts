import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolveHome } from '../../src/config/home.ts';
import { createDiskHost } from '../../src/github/disk-host.ts';
import { itHostsRepositories } from '../contracts/repository-host.ts';
import { createMemoryHost } from '../fakes/memory-host.ts';
import { temporaryFolder } from '../setup.ts';

const diskHost = (folder = temporaryFolder()) =>
  createDiskHost(resolveHome(folder, {}), { env: process.env, command: ['/no/node', "/it's/main.js"] });

describe('a host in memory', () => itHostsRepositories(() => createMemoryHost()));

describe('a host on disk', () => {
  itHostsRepositories(() => diskHost());

  it('marks its home, so that folders below find it', async () => {
    const folder = temporaryFolder();
    await diskHost(folder).create('weather', new AbortController().signal);
    assert.ok(existsSync(`${folder}/.hermes/embedded.json`));
    assert.equal(resolveHome(`${folder}/deep/below`, {}).root, `${folder}/.hermes`);
  });

  it('leaves nothing behind when git is missing', async () => {
    const folder = temporaryFolder();
    const host = createDiskHost(resolveHome(folder, {}), { env: { PATH: '' }, command: ['node', 'main'] });
    await assert.rejects(host.create('weather', new AbortController().signal), {
      code: 'HERMES_NO_GIT',
      message: 'Cannot find git on the PATH.',
      nextStep: 'Install git (https://git-scm.com/downloads), then run the command again.',
    });
    assert.equal(await host.find('weather', new AbortController().signal), undefined);
  });

  it('writes a hook that survives quotes in paths and a home that moves', async () => {
    const folder = temporaryFolder();
    const host = diskHost(folder);
    const { signal } = new AbortController();
    const { cloneUrl } = await host.create('weather', signal);
    await host.enableCi('weather', signal);
    const hook = readFileSync(`${cloneUrl}/hooks/post-receive`, 'utf8');
    assert.match(hook, /exec '\/no\/node' '\/it'\\''s\/main\.js' repo receive/);
    assert.ok(!hook.includes(folder));
  });
});
