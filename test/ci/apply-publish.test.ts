import assert from 'node:assert/strict';
import { applyPublish, type Published } from '../../ci/apply-publish.ts';
import type { Build } from '../../ci/build.ts';
import { planPublish } from '../../ci/plan-publish.ts';
import { releasePolicy } from '../../ci/pointer-policy.ts';
import { readPublished } from '../../ci/read-published.ts';
import { runtimeWheel } from '../../ci/runtime-wheel.ts';
import { readWheelMetadata, wheelContentHash } from '../../ci/wheel.ts';
import { listVersions } from '../../src/artifacts/catalog.ts';
import { pointerKey } from '../../src/artifacts/keys.ts';
import { readPointer } from '../../src/artifacts/record.ts';
import { resolvePin } from '../../src/artifacts/resolve-pin.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { sha256Hex } from '../../src/core/sha256.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { makeBuild, makeWheel } from './a-build.ts';

const note = { movedAt: '2026-11-21T06:00:00.000Z', movedBy: 'travis', reason: 'push to master' };
const project = { team: 'weather', project: 'observations' };
const request = { ...project, script: 'observations', scriptVersion: 'latest' };

async function publish(store: ArtifactStore, build: Build): Promise<Published> {
  const plan = planPublish(build, await readPublished(store, build));
  return applyPublish(store, build, plan, releasePolicy, note);
}

async function text(store: ArtifactStore, key: string): Promise<string> {
  return Buffer.from((await store.read(key))?.bytes ?? []).toString();
}

async function build(version: string, script = `print("${version}")`): Promise<Build> {
  return makeBuild({ version, script, wheel: await makeWheel({ version }) });
}

describe('publishing to a store', () => {
  it('makes a version exist, moves latest, and leaves copies for people', async () => {
    const store = memoryStore();
    const published = await publish(store, await build('1.5.0'));
    assert.equal(published.uploaded, 2);
    assert.equal(published.pointer.kind, 'move');
    assert.equal((await resolvePin(store, request, { production: true })).version, '1.5.0');
    assert.equal(await text(store, 'weather/observations/latest/observations-latest.py'), 'print("1.5.0")');
    const copy = await store.read('weather/observations/latest/observations-0+latest-py3-none-any.whl');
    assert.equal((await readWheelMetadata(copy?.bytes ?? new Uint8Array())).version, '0+latest');
  });

  it('does nothing the second time', async () => {
    const store = memoryStore();
    await publish(store, await build('1.5.0'));
    const again = await publish(store, await build('1.5.0'));
    assert.deepEqual(again, { uploaded: 0, pointer: { kind: 'stay', reason: 'latest is 1.5.0 already' } });
  });

  it('goes on with the hermes_runtime that an interrupted publish left, unless it is no wheel', async () => {
    const store = memoryStore();
    const own = await build('1.5.0');
    const added = { ...own, files: [...own.files, runtimeWheel()] };
    const key = `weather/observations/1.5.0/${runtimeWheel().fileName}`;
    const left = await makeWheel();
    await store.create(key, left);
    assert.equal((await publish(store, added)).uploaded, 2);
    const pin = await resolvePin(store, request, { production: true });
    assert.equal(pin.runtimeSha256, sha256Hex(left));
    const damaged = memoryStore();
    await damaged.create(key, Buffer.from('no wheel'));
    await assert.rejects(publish(damaged, added), { code: 'HERMES_VERSION_TAKEN' });
  });

  it('publishes a hotfix of an old line and leaves latest and its copies alone', async () => {
    const store = memoryStore();
    await publish(store, await build('2.0.0'));
    const { pointer } = await publish(store, await build('1.5.1'));
    assert.deepEqual(pointer, { kind: 'stay', reason: 'latest stands at 2.0.0, which is higher' });
    assert.equal(await text(store, 'weather/observations/latest/observations-latest.py'), 'print("2.0.0")');
    assert.equal((await listVersions(store, 'weather', 'observations')).length, 2);
  });

  it('may die before any write: nothing half is seen, and the next run completes it', async () => {
    const whole = await writesOf(async (store) => publish(store, await build('1.5.0')));
    assert.equal(whole.length, 8);
    for (let fatal = 0; fatal < whole.length; fatal += 1) {
      let writes = 0;
      let isDying = true;
      const store = memoryStore('s3://fake', () => {
        if (isDying && writes === fatal) throw new Error('the process dies');
        writes += 1;
      });
      await assert.rejects(publish(store, await build('1.5.0')), /the process dies/);
      isDying = false;
      const versions = await listVersions(store, 'weather', 'observations');
      for (const { manifest } of versions) {
        for (const file of manifest.files) assert.notEqual(await store.read(file.key), undefined, file.key);
      }
      const pointer = await readPointer(store, pointerKey(project));
      assert.ok(
        pointer === undefined || versions.length === 1,
        'latest points to a version that is not there',
      );
      await publish(store, await build('1.5.0'));
      assert.equal((await resolvePin(store, request, { production: true })).version, '1.5.0');
      assert.equal(await text(store, 'weather/observations/latest/observations-latest.py'), 'print("1.5.0")');
    }
  });

  it('refuses to go on where an interrupted publish left other content', async () => {
    let writes = 0;
    const store = memoryStore('s3://fake', () => {
      writes += 1;
      if (writes === 2) throw new Error('the process dies');
    });
    await assert.rejects(publish(store, await build('1.5.0')));
    await assert.rejects(publish(store, await build('1.5.0', 'print("fixed")')), {
      message:
        'Cannot publish observations 1.5.0 [store=s3://fake, key=weather/observations/1.5.0/observations-1.5.0.py, commit=3f1c2aa]: another publish, interrupted or still under way, left other content there.',
      nextStep:
        'Let that publish end, or run its CI again; otherwise raise `version` in observations/pyproject.toml:3.',
    });
  });

  it('lets two runs of one commit publish at once, also when their wheels differ in bytes only', async () => {
    const store = memoryStore();
    const [one, two] = [
      makeBuild({ wheel: await makeWheel({ modifiedAt: new Date(2021, 1, 1) }) }),
      makeBuild({ wheel: await makeWheel({ modifiedAt: new Date(2022, 1, 1) }) }),
    ].map(withContentHash);
    assert.ok(one !== undefined && two !== undefined);
    const builds = [await one, await two];
    assert.notEqual(builds[0]?.files[1]?.sha256, builds[1]?.files[1]?.sha256);
    const outcomes = await Promise.all(builds.map((each) => publish(store, each)));
    assert.equal(
      outcomes.reduce((sum, outcome) => sum + outcome.uploaded, 0),
      2,
    );
    const pin = await resolvePin(store, request, { production: true });
    const wheel = await store.read('weather/observations/1.5.0/observations-1.5.0-py3-none-any.whl');
    assert.equal(sha256Hex(wheel?.bytes ?? new Uint8Array()), pin.wheelSha256);
  });

  it('lets one of two commits win that publish a version at once', async () => {
    const store = memoryStore();
    const builds = [await build('1.5.0', 'print(1)'), await build('1.5.0', 'print(2)')];
    const outcomes = await Promise.allSettled(builds.map((each) => publish(store, each)));
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'rejected']);
    const pin = await resolvePin(store, request, { production: true });
    const won = builds[outcomes.findIndex((outcome) => outcome.status === 'fulfilled')];
    assert.equal(pin.scriptSha256, won?.files[0]?.sha256);
  });

  it('ends with the copies of the highest version when two versions are published at once', async () => {
    const store = memoryStore();
    await Promise.all([publish(store, await build('1.5.0')), publish(store, await build('1.6.0'))]);
    assert.equal((await readPointer(store, pointerKey(project)))?.value.version, '1.6.0');
    assert.equal(await text(store, 'weather/observations/latest/observations-latest.py'), 'print("1.6.0")');
  });
});

async function withContentHash(build: Build): Promise<Build> {
  const files = await Promise.all(
    build.files.map(async (file) =>
      file.kind === 'wheel' ? { ...file, contentHash: await wheelContentHash(file.bytes) } : file,
    ),
  );
  return { ...build, files };
}

async function writesOf(work: (store: ArtifactStore) => Promise<unknown>): Promise<string[]> {
  const keys: string[] = [];
  await work(memoryStore('s3://fake', (key) => keys.push(key)));
  return keys;
}
