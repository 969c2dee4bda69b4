import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyGc } from '../../src/artifacts/apply-gc.ts';
import { listVersions } from '../../src/artifacts/catalog.ts';
import { takeInventory } from '../../src/artifacts/inventory.ts';
import { branchSlug, manifestKey, pointerKey } from '../../src/artifacts/keys.ts';
import { type GcFacts, type GcPlan, planGc } from '../../src/artifacts/plan-gc.ts';
import { readManifest, readPointer } from '../../src/artifacts/record.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { publishFixture, team } from './published.ts';
import { owner, release } from './released.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
// The store is listed a moment later, and a build is as old as it is then.
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS + 60_000);
const request = { team, project: 'observations', script: 'observations', scriptVersion: 'latest' };

/** Facts about a store as `hermes artifacts gc` gathers them, 40 days from now, when only `master` lives. */
async function factsOf(store: ArtifactStore, more: Partial<GcFacts> = {}): Promise<GcFacts> {
  const inventories = await takeInventory(store, `${team}/`);
  const refs = new Map<string, string>();
  const heads = new Map<string, string>();
  for (const { builds, pointers } of inventories) {
    for (const { name } of builds) {
      const ref = (await readManifest(store, manifestKey(name)))?.value.ref;
      if (ref !== undefined) refs.set(manifestKey(name), ref);
    }
    for (const pointer of pointers) {
      const version = (await readPointer(store, pointerKey(pointer)))?.value.version;
      if (version !== undefined) heads.set(pointerKey(pointer), version);
    }
  }
  const liveRefs = new Set(['refs/heads/master']);
  const base = { store: store.url, inventories, refs, heads, liveRefs, pinned: [], named: [] };
  return { ...base, now: inDays(40), graceDays: 30, ...more };
}

const words = ({ decisions }: GcPlan): string[] =>
  decisions.map(({ ref, action, reason }) => `${action} ${ref?.slice('refs/heads/'.length)}: ${reason}`);
const keysOf = async (store: ArtifactStore): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
};

describe('collecting feature builds', () => {
  let store: ArtifactStore;
  let version: string;
  beforeEach(async () => {
    store = memoryStore();
    for (const release_ of ['1.4.0', '1.5.0']) await release(store, release_);
    version = await publishFixture(store, { version: '1.5.0', branch: 'feature/x' });
  });

  it('deletes builds of a branch that is gone, and nothing else', async () => {
    await publishFixture(store, { version: '1.5.0', branch: 'feature/y' });
    const liveRefs = new Set(['refs/heads/master', 'refs/heads/feature/y']);
    const plan = planGc(await factsOf(store, { liveRefs }));
    assert.deepEqual(words(plan), [
      'delete feature/x: the branch is gone; 40 days old',
      'keep feature/y: the branch lives',
    ]);
    const before = await keysOf(store);
    await applyGc(store, plan, liveRefs);
    const removed = before.filter((key) => key.includes(branchSlug('refs/heads/feature/x')));
    assert.equal(removed.length, 4);
    assert.deepEqual(
      await keysOf(store),
      before.filter((key) => !removed.includes(key)),
    );
  });

  it('goes by the exact ref: a branch that only looks alike, and a tag, do not keep a build', async () => {
    const liveRefs = new Set([
      'refs/heads/master',
      'refs/heads/feature-x',
      'refs/heads/Feature/x',
      'refs/tags/feature/x',
    ]);
    assert.deepEqual(words(planGc(await factsOf(store, { liveRefs }))), [
      'delete feature/x: the branch is gone; 40 days old',
    ]);
  });

  it('keeps what is younger than the grace', async () => {
    const facts = await factsOf(store, { now: inDays(29.5) });
    assert.deepEqual(words(planGc(facts)), ['keep feature/x: 29 days old, kept for 30 days']);
    assert.deepEqual(planGc(facts).pointers, []);
  });

  it('keeps what a DAG run is pinned to, the wheel alone too', async () => {
    const folder = `s3://fake/weather/observations/feature/${branchSlug('refs/heads/feature/x')}/${version}`;
    const by = 'DAG run seattle/manual';
    for (const file of ['observations.py', 'observations.whl']) {
      const pinned = [{ url: `${folder}/${file}`, by }];
      assert.deepEqual(words(planGc(await factsOf(store, { pinned }))), [`keep feature/x: pinned by ${by}`]);
    }
    const elsewhere = [{ url: `${folder.replace('fake', 'prod')}/observations.py`, by }];
    assert.equal(planGc(await factsOf(store, { pinned: elsewhere })).decisions[0]?.action, 'delete');
  });

  it('keeps what a DAG file names, by branch or by version, as script or as library', async () => {
    const by = 'dags/a.dag.yaml (task clean)';
    const wishes = [
      { scriptVersion: 'feature/x' },
      { scriptVersion: 'refs/heads/feature/x' },
      { scriptVersion: version.toUpperCase() },
      { libraryVersion: 'feature/x' },
    ];
    for (const wish of wishes) {
      const named = [{ artifacts: { ...request, ...wish }, by }];
      assert.deepEqual(words(planGc(await factsOf(store, { named }))), [`keep feature/x: named by ${by}`]);
    }
    const others = [
      { project: 'rainfall' },
      { team: 'ocean' },
      { scriptVersion: 'latest' },
      { libraryVersion: 'none' },
    ];
    for (const other of others) {
      const named = [{ artifacts: { ...request, scriptVersion: 'feature/x', ...other }, by }];
      const isOther = 'project' in other || 'team' in other || 'scriptVersion' in other;
      assert.equal(planGc(await factsOf(store, { named })).decisions[0]?.action, isOther ? 'delete' : 'keep');
    }
  });

  it('keeps the pointer of a branch while it leads to a build that stays', async () => {
    const newer = await publishFixture(store, {
      version: '1.5.0',
      branch: 'feature/x',
      commit: 'f'.repeat(40),
    });
    const pin = (kept: string) => [
      {
        url: `s3://fake/weather/observations/feature/${branchSlug('refs/heads/feature/x')}/${kept}/a`,
        by: 'a run',
      },
    ];
    assert.deepEqual(planGc(await factsOf(store, { pinned: pin(newer) })).pointers, []);
    assert.equal(planGc(await factsOf(store, { pinned: pin(version) })).pointers.length, 1);
  });

  it('spares a publish that is still at work, and takes one that never ended', async () => {
    await store.remove(manifestKey({ ...owner, version, branch: branchSlug('refs/heads/feature/x') }));
    const young = await factsOf(store, { graceDays: 0, now: inDays(0.5) });
    assert.deepEqual(words(planGc(young)), ['keep undefined: 0 days old, kept for 1 day']);
    const old = await factsOf(store, { graceDays: 0, now: inDays(2) });
    assert.deepEqual(words(planGc(old)), [
      'delete undefined: the branch is gone, the build has no manifest; 2 days old',
    ]);
    const liveRefs = new Set(['refs/heads/feature/x']);
    assert.equal(planGc({ ...old, liveRefs }).decisions[0]?.reason, 'the branch lives');
  });

  it('leaves builds whose branch came back between the plan and the deed', async () => {
    const plan = planGc(await factsOf(store));
    const before = await keysOf(store);
    const { deleted, revived } = await applyGc(store, plan, new Set(['refs/heads/feature/x']));
    assert.deepEqual([deleted.length, revived.length], [0, 1]);
    assert.deepEqual(await keysOf(store), before);
  });

  it('may die before any deletion: no reader sees a version without its bytes, and the next run completes it', async () => {
    await publishFixture(store, { version: '1.5.0', branch: 'feature/x', commit: 'f'.repeat(40) });
    const whole = await keysOf(store);
    const count = whole.filter((key) => key.includes('/feature/')).length;
    assert.equal(count, 7);
    for (let fatal = 0; fatal < count; fatal += 1) {
      const copy = memoryStore();
      for (const key of whole) await copy.create(key, (await store.read(key))?.bytes ?? new Uint8Array());
      let removals = 0;
      const remove: ArtifactStore['remove'] = async (key) => {
        if (removals >= fatal) throw new Error('the process dies');
        removals += 1;
        await copy.remove(key);
      };
      const plan = planGc(await factsOf(copy));
      await assert.rejects(applyGc({ ...copy, remove }, plan, new Set()), /the process dies/);
      await assertReadable(copy);
      await applyGc(copy, planGc(await factsOf(copy)), new Set());
      assert.deepEqual(
        await keysOf(copy),
        whole.filter((key) => !key.includes('/feature/')),
      );
    }
  });

  it('never deletes a release, a build of a living branch, or one that is named, whatever branches are called', async () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
      fc.constantFrom('latest', '1.5.0', 'HEAD', 'history', 'feature/x', 'Feature/X', 'é', 'x$(touch y)'),
    );
    const state = fc.constantFrom('lives', 'named', 'gone');
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(name, state), { selector: ([text]) => text, maxLength: 5 }),
        async (branches) => {
          const built = memoryStore();
          await release(built, '1.5.0');
          const versions = new Map<string, string>();
          for (const [branch, kind] of branches) {
            versions.set(await publishFixture(built, { version: '1.5.0', branch }), kind);
          }
          const liveRefs = new Set(
            branches.filter(([, kind]) => kind === 'lives').map(([branch]) => `refs/heads/${branch}`),
          );
          const named = branches
            .filter(([, kind]) => kind === 'named')
            .map(([branch]) => ({
              artifacts: { ...request, scriptVersion: `refs/heads/${branch}` },
              by: 'a DAG',
            }));
          await applyGc(built, planGc(await factsOf(built, { liveRefs, named })), liveRefs);
          const left = (await listVersions(built, team, 'observations')).map(
            ({ manifest }) => manifest.version,
          );
          const kept = [...versions].filter(([, kind]) => kind !== 'gone').map(([text]) => text);
          assert.deepEqual(left.toSorted(), ['1.5.0', ...kept].toSorted());
        },
      ),
      { numRuns: 50 },
    );
  });
});

/** What is listed can be read whole, and what a pointer names is there. */
async function assertReadable(store: ArtifactStore): Promise<void> {
  for (const { manifest } of await listVersions(store, team, 'observations')) {
    for (const file of manifest.files) assert.notEqual(await store.read(file.key), undefined, file.key);
  }
  for (const { pointers } of await takeInventory(store, `${team}/`)) {
    for (const pointer of pointers) {
      const named = (await readPointer(store, pointerKey(pointer)))?.value.manifest.key ?? '';
      assert.notEqual(await store.read(named), undefined, named);
    }
  }
}
