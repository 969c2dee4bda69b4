import assert from 'node:assert/strict';
import { applyPublish, type Published } from '../../ci/apply-publish.ts';
import type { Build } from '../../ci/build.ts';
import { planPublish, VersionTakenError } from '../../ci/plan-publish.ts';
import { releasePolicy } from '../../ci/pointer-policy.ts';
import { readPublished } from '../../ci/read-published.ts';
import { readWheelMetadata } from '../../ci/wheel.ts';
import { listVersions } from '../../src/artifacts/catalog.ts';
import { readHistory } from '../../src/artifacts/history.ts';
import { pointerKey } from '../../src/artifacts/keys.ts';
import { readManifest, readPointer } from '../../src/artifacts/record.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { sha256Hex } from '../../src/core/sha256.ts';
import { makeBuild, makeWheel } from './a-build.ts';

const PUBLISHERS = 20;
const note = { movedAt: '2026-11-21T06:00:00.000Z', movedBy: 'travis', reason: 'push to master' };
const project = { team: 'weather', project: 'observations' };

/** Opens the same empty place as often as it is asked, each time with connections of its own. */
export type Place = () => Promise<ArtifactStore>;

/** What publishers do to each other, and what a crash leaves. `makePlace` answers an empty place. */
export function itSurvivesRacesAndCrashes(makePlace: () => Promise<Place>): void {
  it('lets twenty publishers of one commit all succeed, with one set of uploads', async () => {
    const open = await makePlace();
    const builds = await Promise.all(Array.from({ length: PUBLISHERS }, () => build('1.5.0')));
    const outcomes = await race(open, builds);
    assert.deepEqual(failuresOf(outcomes), []);
    const uploaded = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.uploaded : 0));
    assert.equal(
      uploaded.reduce((sum, count) => sum + count, 0),
      2,
    );
    await checkWhole(await open(), ['1.5.0'], '1.5.0');
  });

  it('lets one of twenty commits have a version, and tells each other that it is taken', async () => {
    const open = await makePlace();
    const builds = await Promise.all(
      Array.from({ length: PUBLISHERS }, (_, index) => build('1.5.0', { index, script: `print(${index})` })),
    );
    await checkOneWinner(open, builds);
  });

  it('never mixes a version from two commits that differ in the wheel only', async () => {
    const open = await makePlace();
    const builds = await Promise.all(
      Array.from({ length: PUBLISHERS }, (_, index) => build('1.5.0', { index, module: `x = ${index}\n` })),
    );
    await checkOneWinner(open, builds);
  });

  it('ends with latest at the highest of twenty versions, with its copies and a whole history', async () => {
    const open = await makePlace();
    const versions = Array.from({ length: PUBLISHERS }, (_, index) => `1.${index}.0`);
    const builds = await Promise.all(versions.map((version, index) => build(version, { index })));
    const outcomes = await race(open, shuffled(builds));
    assert.deepEqual(failuresOf(outcomes), []);
    const store = await open();
    await checkWhole(store, versions.toReversed(), '1.19.0');
    const { entries } = await readHistory(store, project, 100);
    const [oldest, ...later] = entries.map(({ pointer }) => pointer).reverse();
    assert.equal(oldest?.previous, undefined);
    let before = oldest;
    for (const pointer of later) {
      assert.equal(pointer.previous, before?.version, 'the history misses a move');
      before = pointer;
    }
    const moves = outcomes.filter(
      (outcome) => outcome.status === 'fulfilled' && outcome.value.pointer.kind === 'move',
    );
    assert.equal(entries.length, moves.length);
  });

  it('may die after every single request: no reader sees half of it, and running again completes it', async () => {
    let requests = 0;
    for (let fatal = 1; ; fatal += 1) {
      const open = await makePlace();
      await publish(await open(), await build('1.4.0'));
      const watch = watchReaders(await open());
      const next = await build('1.5.0');
      const life = mortal(await open(), fatal);
      const outcome = await publish(life.store, next).then(
        () => 'survived',
        (error: Error) => error.message,
      );
      assert.equal(outcome, life.isOver() ? 'the process dies' : 'survived');
      await publish(await open(), next);
      await watch.stop();
      await checkWhole(await open(), ['1.5.0', '1.4.0'], '1.5.0');
      requests = fatal;
      if (!life.isOver()) break;
    }
    assert.ok(requests > 10, `only ${requests} requests`);
  });
}

async function build(
  version: string,
  {
    index = 0,
    script = `print("${version}")`,
    module,
  }: { index?: number; script?: string; module?: string } = {},
): Promise<Build> {
  const wheel = await makeWheel({ version, ...(module === undefined ? {} : { module }) });
  return makeBuild({ version, commit: String(index).padStart(2, '0').repeat(20), script, wheel });
}

async function publish(store: ArtifactStore, of: Build): Promise<Published> {
  return applyPublish(store, of, planPublish(of, await readPublished(store, of)), releasePolicy, note);
}

async function race(open: Place, builds: readonly Build[]): Promise<PromiseSettledResult<Published>[]> {
  const stores = await Promise.all(builds.map(open));
  return Promise.allSettled(
    builds.map(async (each, index) => publish(stores[index] ?? assert.fail('no store'), each)),
  );
}

function failuresOf(outcomes: readonly PromiseSettledResult<Published>[]): unknown[] {
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
}

async function checkOneWinner(open: Place, builds: readonly Build[]): Promise<void> {
  const outcomes = await race(open, builds);
  const won = builds.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  assert.equal(won.length, 1);
  for (const error of failuresOf(outcomes)) {
    assert.ok(error instanceof VersionTakenError, String(error));
    assert.match(error.message, /^Cannot publish observations 1\.5\.0 \[store=.*, commit=\w{7}\]: /);
  }
  const store = await open();
  await checkWhole(store, ['1.5.0'], '1.5.0');
  const [published] = await listVersions(store, 'weather', 'observations');
  assert.equal(published?.manifest.commit, won[0]?.commit);
  assert.deepEqual(
    published?.manifest.files.map((file) => file.sha256),
    won[0]?.files.map((file) => file.sha256),
  );
  // Whoever comes later learns both commits.
  const late = builds.find((each) => each !== won[0]) ?? assert.fail();
  await assert.rejects(publish(store, late), {
    message: `Cannot publish observations 1.5.0 [store=${store.url}, key=weather/observations/1.5.0, commit=${late.commit.slice(0, 7)}]: that version exists with other content (built from ${won[0]?.commit.slice(0, 7)}).`,
  });
}

/** Everything that a reader could follow leads somewhere, and `latest` with its copies is where it belongs. */
async function checkWhole(store: ArtifactStore, versions: readonly string[], latest: string): Promise<void> {
  await checkReadable(store);
  const found = await listVersions(store, 'weather', 'observations');
  assert.deepEqual(
    found.map(({ manifest }) => manifest.version),
    versions,
  );
  assert.equal((await readPointer(store, pointerKey(project)))?.value.version, latest);
  const script = await store.read('weather/observations/latest/observations-latest.py');
  const original = await store.read(`weather/observations/${latest}/observations-${latest}.py`);
  assert.deepEqual(script?.bytes, original?.bytes);
  const copy = await store.read('weather/observations/latest/observations-0+latest-py3-none-any.whl');
  assert.equal((await readWheelMetadata(copy?.bytes ?? new Uint8Array())).version, '0+latest');
}

/** What `latest` names and what is listed has all its bytes, those that were published. */
async function checkReadable(store: ArtifactStore): Promise<void> {
  const pointer = await readPointer(store, pointerKey(project));
  if (pointer !== undefined) {
    const manifest = await readManifest(store, pointer.value.manifest.key);
    assert.equal(manifest?.sha256, pointer.value.manifest.sha256, 'latest names a version that is not there');
  }
  for (const { manifest } of await listVersions(store, 'weather', 'observations')) {
    for (const file of manifest.files) {
      const found = await store.read(file.key);
      assert.equal(sha256Hex(found?.bytes ?? new Uint8Array()), file.sha256, `${file.key} is not whole`);
    }
  }
}

/** Reads the whole time, as jobs do that know nothing of publishers. */
function watchReaders(store: ArtifactStore): { stop(): Promise<void> } {
  let isOver = false;
  const watching = (async () => {
    do await checkReadable(store);
    while (!isOver);
  })();
  watching.catch(() => {});
  return {
    stop: async () => {
      isOver = true;
      await watching;
    },
  };
}

/** A store whose caller dies as soon as the n-th request has been carried out. */
function mortal(store: ArtifactStore, fatal: number): { store: ArtifactStore; isOver(): boolean } {
  let requests = 0;
  const dying = new Error('the process dies');
  const live = async <T>(work: () => Promise<T>): Promise<T> => {
    if (requests >= fatal) throw dying;
    requests += 1;
    const isLast = requests === fatal;
    const answer = await work();
    if (isLast) throw dying;
    return answer;
  };
  return {
    isOver: () => requests >= fatal,
    store: {
      url: store.url,
      read: (key, signal) => live(() => store.read(key, signal)),
      create: (key, bytes, signal) => live(() => store.create(key, bytes, signal)),
      replace: (key, bytes, etag, signal) => live(() => store.replace(key, bytes, etag, signal)),
      remove: (key, signal) => live(() => store.remove(key, signal)),
      async *list(prefix, signal) {
        await live(async () => {});
        yield* store.list(prefix, signal);
      },
    },
  };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
