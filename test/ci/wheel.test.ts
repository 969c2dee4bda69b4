import assert from 'node:assert/strict';
import { parseWheelName, readWheelMetadata, wheelContentHash } from '../../ci/wheel.ts';
import { makeWheel } from './a-build.ts';

describe('a wheel', () => {
  it('is named by distribution, version and tags', () => {
    assert.deepEqual(parseWheelName('a_b-1.0+x.h1-py2.py3-none-any.whl'), {
      distribution: 'a_b',
      version: '1.0+x.h1',
      tags: 'py2.py3-none-any',
    });
    assert.deepEqual(parseWheelName('a-1-2build-py3-none-any.whl')?.tags, '2build-py3-none-any');
    for (const name of ['a.whl', 'a-1-py3-none.whl', 'a-1-py3-none-any.zip', 'a-b-1-py3-none-any-x.whl']) {
      assert.equal(parseWheelName(name), undefined, name);
    }
  });

  it('says its dependencies without those of extras', async () => {
    assert.deepEqual(await readWheelMetadata(await makeWheel()), {
      name: 'observations',
      version: '1.5.0',
      requiresPython: '>=3.10',
      dependencies: ['smart-open>=7; python_version > "3"'],
    });
  });

  it('has one content whatever the times and the back end, and another with another file', async () => {
    const hash = await wheelContentHash(await makeWheel());
    assert.equal(
      await wheelContentHash(await makeWheel({ modifiedAt: new Date(2024, 5, 5), generator: 'hand 2' })),
      hash,
    );
    assert.notEqual(await wheelContentHash(await makeWheel({ module: 'x = 2\n' })), hash);
  });
});
