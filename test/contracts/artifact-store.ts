import assert from 'node:assert/strict';
import type { ArtifactStore } from '../../src/artifacts/store.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const read = async (store: ArtifactStore, key: string): Promise<string | undefined> => {
  const found = await store.read(key);
  return found === undefined ? undefined : new TextDecoder().decode(found.bytes);
};
const keys = async (store: ArtifactStore, prefix: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
};

/** Judges a store of artifacts, the fake and every real one alike. `makeStore` answers an empty one. */
export function itStoresArtifacts(makeStore: () => ArtifactStore | Promise<ArtifactStore>): void {
  it('reads nothing where nothing was written', async () => {
    const store = await makeStore();
    assert.equal(await store.read('weather/a.py'), undefined);
    assert.deepEqual(await keys(store, ''), []);
  });

  it('gives back what was created, byte for byte', async () => {
    const store = await makeStore();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    assert.equal(await store.create('weather/1.0.0+x.h1/a b.bin', bytes), 'written');
    assert.deepEqual(new Uint8Array((await store.read('weather/1.0.0+x.h1/a b.bin'))?.bytes ?? []), bytes);
  });

  it('keeps an empty object', async () => {
    const store = await makeStore();
    await store.create('empty', new Uint8Array());
    assert.equal(await read(store, 'empty'), '');
  });

  it('creates a key once and leaves the first content', async () => {
    const store = await makeStore();
    assert.equal(await store.create('a', text('one')), 'written');
    assert.equal(await store.create('a', text('two')), 'conflict');
    assert.equal(await read(store, 'a'), 'one');
  });

  it('lets one of many creators win', async () => {
    const store = await makeStore();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.create('a/b', text(String(index)))),
    );
    assert.equal(outcomes.filter((outcome) => outcome === 'written').length, 1);
    assert.equal(await read(store, 'a/b'), String(outcomes.indexOf('written')));
  });

  it('replaces what is still as it was read, and answers with another etag', async () => {
    const store = await makeStore();
    await store.create('a', text('one'));
    const before = await store.read('a');
    assert.equal(await store.replace('a', text('two'), before?.etag), 'written');
    assert.equal(await read(store, 'a'), 'two');
    assert.notEqual((await store.read('a'))?.etag, before?.etag);
  });

  it('refuses to replace what changed since it was read', async () => {
    const store = await makeStore();
    await store.create('a', text('one'));
    const stale = (await store.read('a'))?.etag;
    await store.replace('a', text('two'), stale);
    assert.equal(await store.replace('a', text('three'), stale), 'conflict');
    assert.equal(await read(store, 'a'), 'two');
  });

  it('refuses to replace a key that is gone', async () => {
    const store = await makeStore();
    await store.create('a', text('one'));
    const etag = (await store.read('a'))?.etag;
    await store.remove('a');
    assert.equal(await store.replace('a', text('two'), etag), 'conflict');
    assert.equal(await read(store, 'a'), undefined);
  });

  it('replaces a missing key only when it has to be missing', async () => {
    const store = await makeStore();
    assert.equal(await store.replace('a', text('one'), undefined), 'written');
    assert.equal(await store.replace('a', text('two'), undefined), 'conflict');
    assert.equal(await read(store, 'a'), 'one');
  });

  it('lets one of many replacers win, each time', async () => {
    const store = await makeStore();
    await store.create('a', text('0'));
    const addOne = async (): Promise<void> => {
      for (;;) {
        const current = await store.read('a');
        const next = Number(new TextDecoder().decode(current?.bytes)) + 1;
        if ((await store.replace('a', text(String(next)), current?.etag)) === 'written') return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, addOne));
    assert.equal(await read(store, 'a'), '20');
  });

  it('lists keys under a prefix in the order of their UTF-8 bytes, with sizes and times', async () => {
    const store = await makeStore();
    const names = ['p/b', 'p/a/z', 'p/a.b', 'p/a+b', 'p/a', 'pq', 'p/ä', 'q/p/a'].filter(
      (name) => name !== 'p/a',
    );
    for (const name of names) await store.create(name, text(name));
    assert.deepEqual(await keys(store, 'p/'), ['p/a+b', 'p/a.b', 'p/a/z', 'p/b', 'p/ä']);
    assert.deepEqual(await keys(store, 'p/a'), ['p/a+b', 'p/a.b', 'p/a/z']);
    assert.deepEqual(await keys(store, 'p'), ['p/a+b', 'p/a.b', 'p/a/z', 'p/b', 'p/ä', 'pq']);
    assert.deepEqual(await keys(store, 'nothing/'), []);
    for await (const listed of store.list('pq')) {
      assert.equal(listed.bytes, 2);
      assert.ok(Math.abs(listed.modifiedAt.getTime() - Date.now()) < 3_600_000);
    }
  });

  it('removes a key, and does not mind a missing one', async () => {
    const store = await makeStore();
    await store.create('a/b', text('one'));
    await store.remove('a/b');
    await store.remove('a/b');
    await store.remove('a/never');
    assert.equal(await store.read('a/b'), undefined);
    assert.equal(await store.create('a/b', text('two')), 'written');
  });

  it('refuses keys that could leave it', async () => {
    const store = await makeStore();
    for (const key of ['', '/a', 'a/', 'a//b', '../a', 'a/../b', './a', 'a/..']) {
      await assert.rejects(async () => store.create(key, text('x')), { code: 'HERMES_STORE_KEY' });
      await assert.rejects(async () => store.read(key), { code: 'HERMES_STORE_KEY' });
    }
  });

  it('does nothing for a caller that has gone', async () => {
    const store = await makeStore();
    const gone = AbortSignal.abort(new Error('gone'));
    await assert.rejects(async () => store.create('a', text('x'), gone), /gone/);
    assert.equal(await store.read('a'), undefined);
  });
}
