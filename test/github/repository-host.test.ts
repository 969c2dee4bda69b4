import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveHome } from '../../src/config/home.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { createDiskHost } from '../../src/github/disk-host.ts';
import type { FirstCommit } from '../../src/github/first-commit.ts';
import { git } from '../../src/github/git.ts';
import type { HermesCommand } from '../../src/github/receive-hook.ts';
import { itHostsRepositories } from '../contracts/repository-host.ts';
import { createMemoryHost } from '../fakes/memory-host.ts';
import { temporaryFolder } from '../setup.ts';

const sources: HermesCommand = [process.execPath, join(packageRoot, 'src', 'cli', 'main.ts')];
const first: FirstCommit = {
  files: [{ path: 'file', bytes: Buffer.from('text'), executable: false }],
  message: 'Start',
  identity: { name: 'Ana <López>', email: 'ana@example.com', assumed: false },
  date: new Date('2026-01-02T03:04:05Z'),
};
const diskHost = (folder = temporaryFolder(), command = sources) =>
  createDiskHost(resolveHome(folder, {}), { env: process.env, command });

describe('a host in memory', () => itHostsRepositories(() => createMemoryHost()));

describe('a host on disk', () => {
  itHostsRepositories(() => diskHost());

  it('marks its home, so that folders below find it', async () => {
    const folder = temporaryFolder();
    await diskHost(folder).create('weather', first, new AbortController().signal);
    assert.ok(existsSync(`${folder}/.hermes/embedded.json`));
    assert.equal(resolveHome(`${folder}/deep/below`, {}).root, `${folder}/.hermes`);
  });

  it('leaves nothing behind when git is missing', async () => {
    const folder = temporaryFolder();
    const host = createDiskHost(resolveHome(folder, {}), { env: { PATH: '' }, command: ['node', 'main'] });
    await assert.rejects(host.create('weather', first, new AbortController().signal), {
      code: 'HERMES_NO_GIT',
      message: 'Cannot find git on the PATH.',
      nextStep: 'Install git (https://git-scm.com/downloads), then run the command again.',
    });
    assert.equal(await host.find('weather', new AbortController().signal), undefined);
  });

  it('writes a hook that survives quotes in paths and a home that moves', async () => {
    const folder = temporaryFolder();
    const host = diskHost(folder, ['/no/node', "/it's/main.js"]);
    const { signal } = new AbortController();
    const { cloneUrl } = await host.create('weather', first, signal);
    await host.enableCi('weather', signal);
    const hook = readFileSync(`${cloneUrl}/hooks/post-receive`, 'utf8');
    assert.match(hook, /exec '\/no\/node' '\/it'\\''s\/main\.js' repo receive/);
    assert.ok(!hook.includes(folder));
  });

  it('makes a commit that git finds whole, by the author and at the time that were given', async () => {
    const { signal } = new AbortController();
    const { cloneUrl, commit } = await diskHost().create('weather', first, signal);
    const asked = (...words: string[]) => git(cloneUrl, words, { env: process.env, signal });
    await asked('fsck', '--strict');
    assert.equal(await asked('rev-parse', 'HEAD'), commit);
    assert.equal(await asked('show', 'HEAD:file'), 'text');
    const line = await asked('log', '--format=%an <%ae> %cn %ct %s');
    assert.equal(line, 'Ana López <ana@example.com> Ana López 1767323045 Start');
  });
});
