import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { itStoresArtifacts } from '../contracts/artifact-store.ts';
import { temporaryFolder } from '../setup.ts';

describe('a store in a folder', () => {
  itStoresArtifacts(() => folderStore(join(temporaryFolder(), 'store')));

  it('says its URL, with what a URL cannot hold escaped', () => {
    assert.equal(folderStore('/srv/my store').url, 'file:///srv/my%20store');
  });

  it('makes its folder with the first write, not by reading', async () => {
    const root = join(temporaryFolder(), 'store');
    await folderStore(root).read('a/b');
    assert.throws(() => readdirSync(root), { code: 'ENOENT' });
    await folderStore(root).create('a/b', Buffer.from('x'));
    assert.deepEqual(readdirSync(join(root, 'a')), ['b']);
  });

  it('leaves no temporary file behind a write or a conflict', async () => {
    const root = temporaryFolder();
    const store = folderStore(root);
    await store.create('a', Buffer.from('one'));
    await store.create('a', Buffer.from('two'));
    await store.replace('a', Buffer.from('three'), (await store.read('a'))?.etag);
    assert.deepEqual(readdirSync(join(root, '.tmp')), []);
  });

  it('never lists what a crashed writer left, and sweeps it once it is an hour old', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, '.tmp'));
    writeFileSync(join(root, '.tmp', 'young'), 'half');
    writeFileSync(join(root, '.tmp', 'old'), 'half');
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    utimesSync(join(root, '.tmp', 'old'), longAgo, longAgo);
    const store = folderStore(root);
    await store.create('a', Buffer.from('one'));
    const keys: string[] = [];
    for await (const { key } of store.list('')) keys.push(key);
    assert.deepEqual(keys, ['a']);
    assert.deepEqual(readdirSync(join(root, '.tmp')), ['young']);
  });

  it('keeps its own files to itself', async () => {
    const store = folderStore(temporaryFolder());
    for (const key of ['.tmp/x', '.tmp', '.lock']) {
      await assert.rejects(store.create(key, Buffer.from('x')), { code: 'HERMES_STORE_KEY' });
    }
  });
});
