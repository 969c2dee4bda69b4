import assert from 'node:assert/strict';
import { pointerKey } from '../../src/artifacts/keys.ts';
import type { Pointer } from '../../src/artifacts/manifest.ts';
import { movePointer, type PointerMove, planPointerMove } from '../../src/artifacts/pointer.ts';
import { encodeRecord, readPointer } from '../../src/artifacts/record.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { swiftClock } from '../fakes/swift-clock.ts';

const owner = { team: 'weather', project: 'x' };
const key = pointerKey(owner);
const pointer = (version: string, more: Partial<Pointer> = {}): Pointer => ({
  version,
  commit: '3f1c2aa',
  manifest: { key: `weather/x/${version}/manifest.json`, sha256: 'a'.repeat(64) },
  movedAt: '2026-11-21T06:00:00.000Z',
  movedBy: 'travis',
  reason: 'push to master',
  ...more,
});
const reasonToStay = (current: Pointer | undefined, version: string): string | undefined => {
  const move = planPointerMove(current, pointer(version));
  return move.kind === 'stay' ? move.reason : undefined;
};

describe('the pointer latest', () => {
  it('goes to the first release', () => {
    assert.deepEqual(planPointerMove(undefined, pointer('1.0.0')), {
      kind: 'move',
      pointer: pointer('1.0.0'),
    });
  });

  it('moves upwards by PEP 440, not by letters, and remembers where it stood', () => {
    const move = planPointerMove(pointer('1.9.0'), pointer('1.10.0'));
    assert.deepEqual(move, { kind: 'move', pointer: pointer('1.10.0', { previous: '1.9.0' }) });
  });

  it('is left alone by a hotfix of an old line', () => {
    assert.equal(reasonToStay(pointer('2.0.0'), '1.4.1'), 'latest stands at 2.0.0, which is higher');
  });

  it('is left alone by the version that it names, however that is spelled', () => {
    assert.equal(reasonToStay(pointer('1.2'), '1.2.0'), 'latest is 1.2 already');
  });

  it('never goes to a pre-release or a development release', () => {
    for (const version of ['2.0.0rc1', '2.0.0a1', '2.0.0.dev3']) {
      assert.equal(
        reasonToStay(pointer('1.0.0'), version),
        `${version} is a pre-release; latest never points to one`,
      );
      assert.notEqual(reasonToStay(undefined, version), undefined);
    }
  });

  it('goes to a post-release and to a higher epoch', () => {
    assert.equal(reasonToStay(pointer('1.0.0'), '1.0.0.post1'), undefined);
    assert.equal(reasonToStay(pointer('2026.1'), '1!1.0'), undefined);
  });

  it('stays under the floor of a rollback, and passes it', () => {
    const rolledBack = pointer('1.2.2', { floor: '1.3.0' });
    assert.equal(reasonToStay(rolledBack, '1.3.0'), 'a rollback holds latest at 1.2.2 until 1.3.0 is passed');
    assert.equal(reasonToStay(rolledBack, '1.2.9'), 'a rollback holds latest at 1.2.2 until 1.3.0 is passed');
    assert.equal(reasonToStay(rolledBack, '1.3.1'), undefined);
  });

  it('stands at the highest version after many moves at once, whatever their order', async () => {
    const store = memoryStore();
    const versions = ['1.3.0', '1.10.0', '1.9.0', '1.4.0', '1.10.0rc1'];
    await Promise.all(
      versions.map((version) =>
        movePointer(store, owner, async (current) => {
          await Promise.resolve();
          return planPointerMove(current, pointer(version));
        }),
      ),
    );
    assert.equal((await readPointer(store, key))?.value.version, '1.10.0');
  });

  it('is decided again when another writer was faster', async () => {
    const store = memoryStore();
    const seen: (string | undefined)[] = [];
    const move = await movePointer(store, owner, async (current) => {
      seen.push(current?.version);
      if (current === undefined) await store.create(key, encodeRecord(pointer('3.0.0')));
      return planPointerMove(current, pointer('2.0.0'));
    });
    assert.deepEqual(seen, [undefined, '3.0.0']);
    assert.deepEqual(move, { kind: 'stay', reason: 'latest stands at 3.0.0, which is higher' });
  });

  it('gives up when it always loses, and says so', async () => {
    const store = memoryStore();
    let round = 0;
    const losing = async (current: Pointer | undefined): Promise<PointerMove> => {
      const found = await store.read(key);
      round += 1;
      await store.replace(key, encodeRecord(pointer(`0.${round}.0`)), found?.etag);
      return planPointerMove(current, pointer('100.0.0'));
    };
    await assert.rejects(movePointer(store, owner, losing, undefined, swiftClock()), {
      message:
        'Cannot move a pointer [store=s3://fake, key=weather/x/latest.json, attempts=50]: other writers were faster each time.',
      code: 'HERMES_POINTER_CONTENDED',
      exitCode: 4,
    });
  });

  it('is not guessed at when something else lies in its place', async () => {
    const store = memoryStore();
    await store.create(key, Buffer.from('not json'));
    await assert.rejects(readPointer(store, key), {
      message:
        'Cannot read a record of the artifact store [store=s3://fake, key=weather/x/latest.json]: it is not what Hermes wrote.',
      code: 'HERMES_STORE_DAMAGED',
    });
  });
});
