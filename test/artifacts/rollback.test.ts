import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readHistory } from '../../src/artifacts/history.ts';
import { manifestKey, pointerKey } from '../../src/artifacts/keys.ts';
import type { Pointer } from '../../src/artifacts/manifest.ts';
import { type PointerMove, planPointerMove } from '../../src/artifacts/pointer.ts';
import { readOnceStore } from '../../src/artifacts/read-once-store.ts';
import { readPointer } from '../../src/artifacts/record.ts';
import { parseRollbackTarget, planRollback, rollback } from '../../src/artifacts/rollback.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { compareVersions } from '../../src/core/pep440.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { swiftClock } from '../fakes/swift-clock.ts';
import { publishFixture } from './published.ts';
import { owner, release } from './released.ts';

const key = pointerKey(owner);
const note = { movedAt: '2026-11-21T09:00:00.000Z', movedBy: 'ada', reason: 'wrong units' };
const back = (store: ArtifactStore, to?: string, reason = note.reason): Promise<PointerMove> =>
  rollback(
    store,
    { ...owner, ...(to === undefined ? {} : { to }), note: { ...note, reason } },
    new AbortController().signal,
    swiftClock(),
  );
const standing = async (store: ArtifactStore): Promise<Pointer | undefined> =>
  (await readPointer(store, key))?.value;
const history = async (store: ArtifactStore): Promise<string> =>
  (await readHistory(store, owner, 100)).entries.map(({ pointer }) => pointer.version).join(' ');

async function threeReleases(): Promise<ArtifactStore> {
  const store = memoryStore();
  for (const version of ['1.3.0', '1.4.0', '1.5.0']) await release(store, version);
  return store;
}

describe('a rollback', () => {
  it('leads to the version that stood before, and CI does not undo it until a higher one comes', async () => {
    const store = await threeReleases();
    await back(store);
    const pointer = await standing(store);
    assert.deepEqual(
      { ...pointer, manifest: pointer?.manifest.key },
      {
        ...note,
        version: '1.4.0',
        sequence: 4,
        commit: pointer?.commit,
        manifest: manifestKey({ ...owner, version: '1.4.0' }),
        previous: '1.5.0',
        floor: '1.5.0',
      },
    );
    assert.deepEqual(await release(store, '1.5.0'), {
      kind: 'stay',
      reason: 'a rollback holds latest at 1.4.0 until 1.5.0 is passed',
    });
    await release(store, '1.5.1');
    assert.deepEqual(
      [(await standing(store))?.version, (await standing(store))?.floor],
      ['1.5.1', undefined],
    );
    assert.equal(await history(store), '1.5.1 1.4.0 1.5.0 1.4.0 1.3.0');
  });

  it('goes down another step for another reason, but not when the same command is given again', async () => {
    const store = await threeReleases();
    await back(store);
    assert.deepEqual(await back(store), {
      kind: 'stay',
      reason:
        'latest went back from 1.5.0 to 1.4.0 for this very reason; to go further name a version with --to',
    });
    await back(store, undefined, 'this one too');
    assert.deepEqual([(await standing(store))?.version, (await standing(store))?.floor], ['1.3.0', '1.5.0']);
  });

  it('is undone upwards; the floor goes when it is reached', async () => {
    const store = await threeReleases();
    await back(store, '1.3.0');
    await back(store, '1.4.0', 'a step up');
    assert.equal((await standing(store))?.floor, '1.5.0');
    await back(store, '1.5.0', 'it was the data');
    assert.equal((await standing(store))?.floor, undefined);
    assert.equal(await history(store), '1.5.0 1.4.0 1.3.0 1.5.0 1.4.0 1.3.0');
  });

  it('writes nothing when latest stands there already, however the version is spelled', async () => {
    const store = await threeReleases();
    const before = await store.read(key);
    const stay = { kind: 'stay', reason: 'latest is 1.5.0 already' };
    assert.deepEqual(await back(store, parseRollbackTarget('observations', 'v1.5')), stay);
    assert.deepEqual(await store.read(key), before);
    assert.equal(await history(store), '1.5.0 1.4.0 1.3.0');
  });

  it('finds a release under the spelling that it was published with', async () => {
    const store = memoryStore();
    for (const version of ['1.2', '1.3.0']) await release(store, version);
    await back(store, '1.2.0');
    assert.equal((await standing(store))?.version, '1.2');
  });

  it('never leads to a version whose files are not whole', async () => {
    const store = await threeReleases();
    const damaged = 'weather/observations/1.4.0/observations-1.4.0.py';
    await store.replace(damaged, Buffer.from('x'), (await store.read(damaged))?.etag);
    await store.remove('weather/observations/1.4.0/observations-1.4.0-py3-none-any.whl');
    await assert.rejects(back(store), {
      message:
        'Cannot move latest of observations to 1.4.0 [store=s3://fake]: it is damaged. observations-1.4.0.py has 1 bytes, published were 32; observations-1.4.0-py3-none-any.whl is gone.',
      nextStep: 'Name another version with --to, and tell the owner of the store.',
      exitCode: 4,
    });
    assert.equal((await standing(store))?.version, '1.5.0');
    assert.equal((await back(store, '1.3.0')).kind, 'move');
  });

  it('names the releases that there are instead of one that is not', async () => {
    const store = await threeReleases();
    await publishFixture(store, { version: '1.6.0rc1', pointer: false });
    await publishFixture(store, { version: '1.5.0', branch: 'x' });
    await assert.rejects(back(store, '1.4.1'), {
      message:
        'Cannot move latest of observations to 1.4.1 [store=s3://fake]: there are 1.5.0, 1.4.0, 1.3.0.',
      nextStep: 'Did you mean 1.4.0?',
      exitCode: 2,
    });
  });

  it('asks for a version when no lower one ever stood', async () => {
    const store = memoryStore();
    await release(store, '2.0.0');
    await assert.rejects(back(store), {
      message:
        'Cannot roll back observations [store=s3://fake]: no lower version stood as latest before 2.0.0; no other release is there.',
      nextStep: 'Publish a corrected version instead.',
    });
    await release(store, '1.9.9');
    await assert.rejects(back(store), {
      message:
        'Cannot roll back observations [store=s3://fake]: no lower version stood as latest before 2.0.0; other releases are 1.9.9.',
      nextStep: 'Name one with --to VERSION.',
    });
    await assert.rejects(back(memoryStore()), {
      message: 'Cannot roll back observations [store=s3://fake]: no version of it stands as latest.',
      nextStep: 'See what is there with: hermes artifacts list observations',
    });
  });

  it('leads to releases only', () => {
    const reasons = {
      latest: 'latest is what moves',
      'feature/x': 'it is a branch or a build of one; latest points to releases only',
      '1.4.0+x.h12345678.g12345678': 'it is a branch or a build of one; latest points to releases only',
      '1.6.0rc1': 'it is a pre-release; latest never points to one',
      '1.6.0.dev3': 'it is a pre-release; latest never points to one',
    };
    for (const [text, reason] of Object.entries(reasons)) {
      assert.throws(() => parseRollbackTarget('observations', text), {
        message: `Cannot move latest of observations to "${text}": ${reason}.`,
        nextStep: 'Name a release. See them with: hermes artifacts list observations',
      });
    }
    assert.equal(parseRollbackTarget('observations', ' v1.4.0-1 '), '1.4.0.post1');
  });

  it('stops when another version became latest while it looked', async () => {
    const store = await threeReleases();
    let isFirst = true;
    const replace: ArtifactStore['replace'] = async (...parameters) => {
      if (isFirst) {
        isFirst = false;
        await release(store, '1.6.0');
      }
      return store.replace(...parameters);
    };
    await assert.rejects(back({ ...store, replace }), {
      message: 'Cannot roll back observations [store=s3://fake]: latest went from 1.5.0 to 1.6.0 meanwhile.',
      nextStep: 'Look whether that cures it; else run the same command again.',
      exitCode: 4,
    });
    assert.equal((await standing(store))?.version, '1.6.0');
    isFirst = true;
    await back(store, '1.4.0');
    assert.deepEqual([(await standing(store))?.version, (await standing(store))?.floor], ['1.4.0', '1.6.0']);
  });

  it('may die before any write: latest stands at the one or the other, the history is right, again is the same', async () => {
    for (let fatal = 0; fatal < 3; fatal += 1) {
      let writes = -Infinity;
      const store = memoryStore('s3://fake', () => {
        if (writes === fatal) throw new Error('the process dies');
        writes += 1;
      });
      for (const version of ['1.3.0', '1.4.0', '1.5.0']) await release(store, version);
      writes = 0;
      await back(store).catch(() => {});
      const stands = fatal < 2 ? '1.5.0' : '1.4.0';
      assert.equal((await standing(store))?.version, stands);
      assert.equal(await history(store), fatal < 2 ? '1.5.0 1.4.0 1.3.0' : '1.4.0 1.5.0 1.4.0 1.3.0');
      writes = -Infinity;
      await back(store);
      assert.equal((await standing(store))?.version, '1.4.0');
      assert.equal(await history(store), '1.4.0 1.5.0 1.4.0 1.3.0');
    }
  });

  it('waits for five requests one after the other, for four when the version is named', async () => {
    for (const [to, waits] of [
      [undefined, 5],
      ['1.4.0', 4],
    ] as const) {
      const { slow, depth } = countingDepth(await threeReleases());
      await back(slow, to);
      assert.equal(depth(), waits);
    }
  });

  it('reads the files of a version once, and pointers each time, in a store that remembers', async () => {
    const store = await threeReleases();
    const read: string[] = [];
    const noting = readOnceStore({
      ...store,
      read: (at) => {
        read.push(at);
        return store.read(at);
      },
    });
    const file = 'weather/observations/1.4.0/observations-1.4.0.py';
    for (const at of [file, key, file, key, 'weather/observations/9.9.9/x', 'weather/observations/9.9.9/x'])
      await noting.read(at);
    assert.deepEqual(read, [file, key, key, 'weather/observations/9.9.9/x', 'weather/observations/9.9.9/x']);
  });

  it('holds against every version up to the highest that was left, whatever moves came before', () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3)).map(([major, minor]) => `${major}.${minor}`);
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 6 }), version, (targets, published) => {
        const at = (name: string) => ({
          ...note,
          version: name,
          commit: 'c',
          manifest: { key: 'k', sha256: 'a' },
        });
        let current: Pointer = at('3.3');
        let left = '0';
        for (const target of targets) {
          const move = planRollback(current, at(target));
          if (move.kind === 'stay') continue;
          const high = [left, current.version].sort(compareVersions).at(-1) ?? '';
          left = compareVersions(target, high) < 0 ? high : '0';
          current = move.pointer;
        }
        assert.equal(current.floor ?? '0', left);
        const isHeld =
          compareVersions(published, left) <= 0 || compareVersions(published, current.version) <= 0;
        assert.equal(planPointerMove(current, at(published)).kind, isHeld ? 'stay' : 'move');
      }),
    );
  });
});

/** A store whose requests take a second each, and how many lay one behind the other. */
function countingDepth(store: ArtifactStore): { slow: ArtifactStore; depth: () => number } {
  const clock = swiftClock();
  const began = clock.now().getTime();
  const slowly =
    <P extends unknown[], R>(call: (...parameters: P) => Promise<R>) =>
    async (...parameters: P): Promise<R> => {
      await clock.sleep(1000);
      return call(...parameters);
    };
  const { read, create, replace } = store;
  return {
    slow: { ...store, read: slowly(read), create: slowly(create), replace: slowly(replace) },
    depth: () => (clock.now().getTime() - began) / 1000,
  };
}
