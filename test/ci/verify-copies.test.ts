import assert from 'node:assert/strict';
import { applyPublish } from '../../ci/apply-publish.ts';
import { encodeMark, markKey } from '../../ci/copies-mark.ts';
import { manifestOf, planPublish } from '../../ci/plan-publish.ts';
import { releasePolicy } from '../../ci/pointer-policy.ts';
import { readPublished } from '../../ci/read-published.ts';
import { verifyCopies } from '../../ci/verify-copies.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { memoryStore } from '../fakes/memory-store.ts';
import { makeBuild, makeWheel } from './a-build.ts';

const folder = 'weather/observations/latest';
const wheelKey = `${folder}/observations-0+latest-py3-none-any.whl`;
const note = { movedAt: '2026-11-21T06:00:00.000Z', movedBy: 'travis', reason: 'push to master' };
const put = async (store: ArtifactStore, key: string, bytes: Uint8Array): Promise<void> => {
  await store.replace(key, bytes, (await store.read(key))?.etag);
};

describe('verifying the copies under latest/', () => {
  let store: ArtifactStore;
  let problems: () => Promise<string[]>;
  beforeEach(async () => {
    store = memoryStore();
    const build = makeBuild({ wheel: await makeWheel() });
    await applyPublish(
      store,
      build,
      planPublish(build, await readPublished(store, build)),
      releasePolicy,
      note,
    );
    problems = () => verifyCopies(store, 'weather', manifestOf(build));
  });

  it('finds nothing after a publish', async () => {
    assert.deepEqual(await problems(), []);
  });

  it('takes another packing of the same wheel for the same', async () => {
    await put(store, wheelKey, await makeWheel({ version: '0+latest', modifiedAt: new Date(2021, 1, 1) }));
    assert.deepEqual(await problems(), []);
  });

  it('finds copies that are missing or have other content', async () => {
    await store.remove(`${folder}/observations-latest.py`);
    await put(store, wheelKey, await makeWheel({ version: '0+latest', module: 'x = 2\n' }));
    assert.deepEqual((await problems()).toSorted(), [
      'latest/observations-0+latest-py3-none-any.whl has other content',
      'latest/observations-latest.py is missing',
    ]);
    await put(store, wheelKey, Buffer.from('no wheel'));
    assert.equal((await problems()).length, 2);
  });

  it('says that they are half written, or those of another version', async () => {
    const mark = { version: '1.4.0', tree: '', builder: '1.0.0', complete: true };
    await put(store, markKey('weather', 'observations'), encodeMark(mark));
    assert.deepEqual(await problems(), ['the copies under latest/ are those of 1.4.0']);
    await put(store, markKey('weather', 'observations'), encodeMark({ ...mark, complete: false }));
    assert.deepEqual(await problems(), [
      'the copies under latest/ are half written: a publish is at work, or died',
    ]);
  });
});
