import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ArtifactStore } from '../../../../src/artifacts/store.ts';
import type { BuildFiles } from '../../../../src/engines/airflow/compile/plan-build.ts';
import { deploy } from '../../../../src/engines/airflow/deploy/deploy.ts';
import { storeHome } from '../../../../src/engines/airflow/deploy/store-home.ts';
import { memoryStore } from '../../../fakes/memory-store.ts';
import { swiftClock } from '../../../fakes/swift-clock.ts';
import { aBuild, aRequest, decides, loadDags } from './a-build.ts';
import { readLive } from './place-in-store.ts';

type Files = ReadonlyMap<string, string>;

const dags = fc.dictionary(fc.constantFrom(...'abcdefghijkl'.split('')), fc.constantFrom('x', 'y', 'zz'), {
  minKeys: 1,
  noNullPrototype: true,
});
const build = fc.record({
  dags,
  shards: fc.constantFrom(1, 2, 4),
  loader: fc.constantFrom(1, 2),
});
/** Hermes is not taken back to an older version. */
const upgrade = fc
  .tuple(build, build)
  .map(([before, after]) => [before, { ...after, loader: Math.max(before.loader, after.loader) }] as const)
  .map(([before, after]) => [aBuild(before), aBuild(after)] as const);

describe('a deploy that dies', () => {
  it('leaves at every instant what Airflow can load, each DAG as it was or as it will be', async () => {
    await fc.assert(
      fc.asyncProperty(upgrade, async ([before, after]) => {
        for (const files of await instantsOf(before, after)) checkBetween(files, before, after);
      }),
      { numRuns: 100 },
    );
  });

  it('shows Airflow no mixture that it cannot load, however slowly it copies', async () => {
    const pace = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(upgrade, fc.nat(30), pace, async ([before, after], start, steps) => {
        const instants = await instantsOf(before, after);
        const first = Math.min(start, instants.length - 1);
        const copied = copySlowly(instants, first, steps);
        if (copied !== undefined) loadDags(copied);
      }),
      { numRuns: 300 },
    );
  });

  it('is completed by running it again, or replaced whole by another', async () => {
    await fc.assert(
      fc.asyncProperty(
        upgrade,
        build,
        fc.nat(30),
        fc.boolean(),
        async ([before, after], other, fatal, isAgain) => {
          const store = memoryStore();
          await put(store, before);
          const mortal = dieAt(store, fatal);
          await put(mortal, after).catch((error: Error) => assert.equal(error.message, 'the process dies'));
          const last = isAgain ? after : aBuild({ ...other, loader: 2 });
          await put(store, last);
          const live = await readLive(store, 'weather');
          assert.deepEqual(loadDags(live), loadDags(last));
          assert.equal(live.size, last.size - 1, 'files are left behind');
          const { current } = await storeHome(store).read('weather');
          assert.equal(current?.state, 'whole');
          const history = await storeHome(store).history('weather', Infinity);
          assert.deepEqual(history[0], current?.record);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('holds the next one up only until it is plain that it died', async () => {
    const store = memoryStore();
    await put(store, aBuild({ dags: { a: 'x' } }));
    await assert.rejects(put(dieAt(store, 4), aBuild({ dags: { a: 'y' } })));
    const clock = swiftClock();
    const began = clock.now().getTime();
    const waited: (number | undefined)[] = [];
    const request = aRequest(aBuild({ dags: { a: 'z' } }));
    await deploy(storeHome(store, clock), 'weather', decides(request), {
      clock,
      onWait: ({ current }) => waited.push(current?.record.number),
    });
    assert.deepEqual(waited, [2]);
    assert.equal((clock.now().getTime() - began) / 1000, 60);
    assert.deepEqual([...loadDags(await readLive(store, 'weather')).values()], ['z']);
  });
});

async function put(store: ArtifactStore, files: BuildFiles): Promise<void> {
  const clock = swiftClock();
  await deploy(storeHome(store, clock), 'weather', decides(aRequest(files, { allowEmpty: true })), { clock });
}

/** What Airflow can read before, between and after the writes of a deploy over another. */
async function instantsOf(before: BuildFiles, after: BuildFiles): Promise<Files[]> {
  const store = memoryStore();
  await put(store, before);
  const instants = [await readLive(store, 'weather')];
  await put(
    observed(store, async () => void instants.push(await readLive(store, 'weather'))),
    after,
  );
  return instants;
}

function checkBetween(files: Files, before: BuildFiles, after: BuildFiles): void {
  const [old, coming] = [loadDags(before), loadDags(after)];
  const loaded = loadDags(files);
  for (const [id, content] of loaded)
    assert.ok([old.get(id), coming.get(id)].includes(content), `${id} = ${content}`);
  for (const id of old.keys()) assert.ok(loaded.has(id) || !coming.has(id), `${id} is missing`);
}

/**
 * Copies as `S3Hook.sync_to_local_dir` does: lists once, then fetches each key in order, as it is at that time.
 * Undefined when a listed file is gone: the copy is given up, and made again later.
 */
function copySlowly(instants: readonly Files[], start: number, steps: readonly number[]): Files | undefined {
  const copied = new Map<string, string>();
  let now = start;
  for (const [index, name] of [...(instants[start]?.keys() ?? [])].sort().entries()) {
    now = Math.min(instants.length - 1, now + (steps[index % steps.length] ?? 0));
    const text = instants[now]?.get(name);
    if (text === undefined) return undefined;
    copied.set(name, text);
  }
  return copied;
}

function observed(store: ArtifactStore, afterWrite: () => Promise<void>): ArtifactStore {
  const then = async <T>(work: Promise<T>): Promise<T> => {
    const outcome = await work;
    await afterWrite();
    return outcome;
  };
  return {
    ...store,
    create: (...words) => then(store.create(...words)),
    replace: (...words) => then(store.replace(...words)),
    remove: (...words) => then(store.remove(...words)),
  };
}

/** A store whose user dies before a write, counted from 0. */
function dieAt(store: ArtifactStore, fatal: number): ArtifactStore {
  let writes = 0;
  const before = async <T>(work: () => Promise<T>): Promise<T> => {
    if (writes >= fatal) throw new Error('the process dies');
    writes += 1;
    return work();
  };
  return {
    ...store,
    create: (...words) => before(() => store.create(...words)),
    replace: (...words) => before(() => store.replace(...words)),
    remove: (...words) => before(() => store.remove(...words)),
  };
}
