import assert from 'node:assert/strict';
import { takeInventory } from '../../src/artifacts/inventory.ts';
import { historyKey, manifestKey, pointerKey } from '../../src/artifacts/keys.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { verifyPointer, verifyVersion } from '../../src/artifacts/verify.ts';
import { ConnectionError } from '../../src/core/errors.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { publishFixture } from './published.ts';
import { owner, release } from './released.ts';

const build = { ...owner, version: '1.5.0' };
const script = 'weather/observations/1.5.0/observations-1.5.0.py';
const put = async (store: ArtifactStore, key: string, text: string): Promise<void> => {
  await store.replace(key, Buffer.from(text), (await store.read(key))?.etag);
};
const edit = async (store: ArtifactStore, key: string, from: string, to: string): Promise<void> => {
  const text = Buffer.from((await store.read(key))?.bytes ?? []).toString();
  assert.ok(text.includes(from), text);
  await put(store, key, text.replace(from, to));
};

describe('verifying a version', () => {
  let store: ArtifactStore;
  const problems = async () => (await verifyVersion(store, build)).problems;
  beforeEach(async () => {
    store = memoryStore();
    for (const version of ['1.4.0', '1.5.0']) await release(store, version);
  });

  it('finds nothing when everything is as it was published', async () => {
    const { files, bytes, problems: found } = await verifyVersion(store, build);
    assert.deepEqual([files, bytes, found], [2, 78, []]);
  });

  it('finds files that are gone, that have another length, and that have other content', async () => {
    await put(store, script, 'short');
    assert.deepEqual(await problems(), ['observations-1.5.0.py has 5 bytes, published were 32']);
    await put(store, script, 'x'.repeat(32));
    assert.deepEqual(await problems(), [
      'observations-1.5.0.py has other content: SHA-256 c62e4615bd39…, published was a4a3a9ec259b…',
    ]);
    await store.remove(script);
    assert.deepEqual(await problems(), ['observations-1.5.0.py is gone']);
  });

  it('finds manifests that are gone, not from Hermes, of another version, or that name files elsewhere', async () => {
    await edit(store, manifestKey(build), '"version": "1.5.0"', '"version": "1.4.0"');
    assert.deepEqual(await problems(), ['manifest.json is that of observations 1.4.0']);
    await edit(
      store,
      manifestKey(build),
      `"key": "${script}"`,
      '"key": "weather/observations/1.5.0/../../../x"',
    );
    assert.deepEqual(
      (await problems())[1],
      'manifest.json names a file elsewhere: weather/observations/1.5.0/../../../x',
    );
    await put(store, manifestKey(build), '{}');
    assert.deepEqual(await problems(), ['manifest.json is not what Hermes wrote']);
    await store.remove(manifestKey(build));
    assert.deepEqual(await problems(), ['manifest.json is gone']);
  });

  it('does not take a store that cannot be read for a damaged one', async () => {
    const denied = new ConnectionError('Cannot read.', { code: 'HERMES_STORE_DENIED' });
    await assert.rejects(verifyVersion({ ...store, read: () => Promise.reject(denied) }, build), denied);
    await assert.rejects(verifyPointer({ ...store, read: () => Promise.reject(denied) }, owner), denied);
  });
});

describe('verifying a pointer', () => {
  let store: ArtifactStore;
  const problems = async () => (await verifyPointer(store, owner)).problems;
  beforeEach(async () => {
    store = memoryStore();
    for (const version of ['1.3.0', '1.4.0', '1.5.0']) await release(store, version);
  });

  it('finds nothing when it leads to a version that exists, with its whole history', async () => {
    assert.deepEqual(await verifyPointer(store, owner), { owner, version: '1.5.0', moves: 3, problems: [] });
  });

  it('finds a version that is gone, changed, or not the one that it says', async () => {
    const key = manifestKey(build);
    await edit(store, pointerKey(owner), '"version": "1.5.0"', '"version": "1.6.0"');
    assert.deepEqual(await problems(), ['says 1.6.0 of 3f1c2aa, but names the manifest of 1.5.0 of 3f1c2aa']);
    await edit(store, key, '"builder": "1.0.0"', '"builder": "1.0.1"');
    assert.deepEqual(await problems(), [
      'points to 1.6.0, whose manifest has other content than when it was pointed to',
    ]);
    await store.remove(key);
    assert.deepEqual(await problems(), ['points to 1.6.0, whose manifest is gone']);
    await edit(store, pointerKey(owner), key, 'weather/helloworld/1.0.0/manifest.json');
    assert.deepEqual(await problems(), ['points to 1.6.0, whose manifest is gone']);
    await put(store, pointerKey(owner), '[]');
    assert.deepEqual(await problems(), ['latest.json is not what Hermes wrote']);
  });

  it('finds gaps in the history, and entries that Hermes did not write', async () => {
    await store.remove(historyKey(owner, 1));
    assert.deepEqual(await problems(), ['the history lacks number 1']);
    await store.remove(historyKey(owner, 2));
    assert.deepEqual(await problems(), ['the history lacks number 1, 2']);
    await put(store, historyKey(owner, 2), 'x');
    assert.deepEqual(await problems(), ['the history holds an entry that Hermes did not write']);
  });

  it('checks the pointer of a branch by its own builds', async () => {
    const version = await publishFixture(store, { version: '1.5.0', branch: 'x' });
    const [inventory] = await takeInventory(store, 'weather/');
    const branch = inventory?.pointers.find((pointer) => pointer.branch !== undefined);
    assert.ok(branch !== undefined);
    assert.deepEqual(await verifyPointer(store, branch), { owner: branch, version, moves: 0, problems: [] });
  });
});

describe('the inventory of a store', () => {
  it('sorts keys into builds and pointers, and leaves copies and the history out', async () => {
    const store = memoryStore();
    for (const version of ['1.4.0', '1.5.0']) await release(store, version);
    const feature = await publishFixture(store, { version: '1.5.0', branch: 'x' });
    await store.create('weather/observations/1.6.0/observations-1.6.0.py', Buffer.from('half'));
    await store.create('weather/observations/latest/observations-latest.py', Buffer.from('copy'));
    const [found, ...others] = await takeInventory(store, 'weather/');
    assert.deepEqual(others, []);
    assert.deepEqual(
      found?.builds.map(({ name, keys, isPublished }) => [name.version, keys.length, isPublished]),
      [
        ['1.4.0', 3, true],
        ['1.5.0', 3, true],
        ['1.6.0', 1, false],
        [feature, 3, true],
      ],
    );
    assert.deepEqual(
      found?.pointers.map(({ branch }) => branch?.replace(/\.h.*/, '')),
      ['x', undefined],
    );
  });

  it('knows that a project had a pointer when its history alone is left', async () => {
    const store = memoryStore();
    for (const version of ['1.4.0', '1.5.0']) await release(store, version);
    await store.remove('weather/observations/latest.json');
    const [found] = await takeInventory(store, 'weather/');
    const [owner] = found?.pointers ?? [];
    assert.ok(owner !== undefined && owner.branch === undefined);
    assert.deepEqual((await verifyPointer(store, owner)).problems, ['latest.json is gone']);
  });
});
