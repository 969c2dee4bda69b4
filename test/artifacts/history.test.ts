import assert from 'node:assert/strict';
import { folderStore } from '../../src/artifacts/folder-store.ts';
import { readHistory } from '../../src/artifacts/history.ts';
import { historyKey, pointerKey } from '../../src/artifacts/keys.ts';
import type { Pointer } from '../../src/artifacts/manifest.ts';
import { movePointer, type PointerMove, planPointerMove } from '../../src/artifacts/pointer.ts';
import { encodeRecord, readPointer } from '../../src/artifacts/record.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { swiftClock } from '../fakes/swift-clock.ts';
import { temporaryFolder } from '../setup.ts';

const owner = { team: 'weather', project: 'x' };
const key = pointerKey(owner);
const pointer = (version: string): Pointer => ({
  version,
  commit: '3f1c2aa',
  manifest: { key: `weather/x/${version}/manifest.json`, sha256: 'a'.repeat(64) },
  movedAt: '2026-11-21T06:00:00.000Z',
  movedBy: 'travis',
  reason: `push of ${version}`,
});
const move = (store: ArtifactStore, version: string): Promise<PointerMove> =>
  movePointer(store, owner, (current) => planPointerMove(current, pointer(version)), undefined, swiftClock());
const history = async (store: ArtifactStore, limit = 100): Promise<string[]> =>
  (await readHistory(store, owner, limit)).entries.map(
    (entry) => `${entry.sequence} ${entry.pointer.version}`,
  );

/** A store that notes every version that `latest` was, in the order of the swaps. */
function noting(store: ArtifactStore): { store: ArtifactStore; stood: string[] } {
  const stood: string[] = [];
  const replace: ArtifactStore['replace'] = async (at, bytes, etag, signal) => {
    const outcome = await store.replace(at, bytes, etag, signal);
    if (at === key && outcome === 'written') stood.push(JSON.parse(Buffer.from(bytes).toString()).version);
    return outcome;
  };
  return { store: { ...store, replace }, stood };
}

const numbered = (versions: readonly string[]): string[] =>
  versions.map((version, index) => `${index + 1} ${version}`).reverse();

describe('the history of latest', () => {
  it('holds every version that stood, the newest first', async () => {
    const store = memoryStore();
    assert.deepEqual(await history(store), []);
    for (const version of ['1.0.0', '1.1.0', '1.0.1', '1.2.0']) await move(store, version);
    assert.deepEqual(await history(store), ['3 1.2.0', '2 1.1.0', '1 1.0.0']);
    assert.deepEqual(await readHistory(store, owner, 2), {
      entries: [
        { sequence: 3, pointer: { ...pointer('1.2.0'), previous: '1.1.0', sequence: 3 } },
        { sequence: 2, pointer: { ...pointer('1.1.0'), previous: '1.0.0', sequence: 2 } },
      ],
      total: 3,
    });
  });

  for (const [name, makeStore] of [
    ['memory', () => memoryStore()],
    ['a folder', () => folderStore(temporaryFolder())],
  ] as const) {
    it(`is complete after 20 movers of 20 versions at once, in ${name}`, async () => {
      const { store, stood } = noting(makeStore());
      const versions = Array.from({ length: 20 }, (_, index) => `1.${(index * 7) % 20}.0`);
      await Promise.all(versions.map((version) => move(store, version)));
      assert.equal((await readPointer(store, key))?.value.version, '1.19.0');
      assert.equal(stood.at(-1), '1.19.0');
      assert.deepEqual(await history(store), numbered(stood));
    });
  }

  it('never lies when the mover dies before any of its writes, and goes on afterwards', async () => {
    for (let fatal = 0; fatal < 5; fatal += 1) {
      let writes = 0;
      const { store, stood } = noting(
        memoryStore('s3://fake', () => {
          if (writes === fatal) throw new Error('the process dies');
          writes += 1;
        }),
      );
      const versions = ['1.0.0', '1.1.0', '1.2.0'];
      for (const version of versions) await move(store, version).catch(() => {});
      assert.deepEqual(await history(store), numbered(stood));
      writes = fatal + 1;
      for (const version of versions) await move(store, version);
      assert.equal((await readPointer(store, key))?.value.version, '1.2.0');
      assert.deepEqual(await history(store), numbered(stood));
    }
  });

  it('takes a swap whose reply was lost for its own, and keeps it once', async () => {
    const inner = memoryStore();
    await move(inner, '1.0.0');
    let isLost = true;
    const replace: ArtifactStore['replace'] = async (...parameters) => {
      const outcome = await inner.replace(...parameters);
      if (!isLost) return outcome;
      isLost = false;
      return 'conflict';
    };
    const moved = await move({ ...inner, replace }, '1.1.0');
    assert.equal(moved.kind, 'move');
    assert.deepEqual(await history(inner), ['2 1.1.0', '1 1.0.0']);
  });

  it('begins where a pointer without a number stands', async () => {
    const store = memoryStore();
    await store.create(key, encodeRecord(pointer('1.0.0')));
    assert.deepEqual(await history(store), ['1 1.0.0']);
    await move(store, '1.1.0');
    assert.deepEqual(await history(store), ['2 1.1.0', '1 1.0.0']);
  });

  it('overwrites nothing when somebody removed latest.json by hand', async () => {
    const store = memoryStore();
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await move(store, version);
    await store.remove(key);
    assert.deepEqual(await history(store), ['2 1.1.0', '1 1.0.0']);
    await move(store, '1.2.0');
    assert.deepEqual(await history(store), ['3 1.2.0', '2 1.1.0', '1 1.0.0']);
    await move(store, '1.3.0');
    assert.deepEqual(await history(store), ['4 1.3.0', '3 1.2.0', '2 1.1.0', '1 1.0.0']);
  });

  it('is not kept for the pointer of a branch', async () => {
    const store = memoryStore();
    const branch = { ...owner, branch: 'x.h12345678' };
    for (const version of ['1.0.0', '1.1.0']) {
      await movePointer(store, branch, () => ({ kind: 'move', pointer: pointer(version) }));
    }
    assert.deepEqual((await readPointer(store, pointerKey(branch)))?.value, pointer('1.1.0'));
    assert.equal(await store.read(historyKey(owner, 1)), undefined);
  });
});
