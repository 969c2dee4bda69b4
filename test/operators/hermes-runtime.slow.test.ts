import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';

const TESTS = join(packageRoot, 'test', 'operators', 'runtime', 'test_hermes_runtime.py');

describe('hermes_runtime', () => {
  it('answers scripts as the environment says, and as development outside of a run', () => {
    const env = {
      ...process.env,
      PYTHONPATH: join(packageRoot, 'operators', 'runtime'),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const { status, stderr } = spawnSync('python3', ['-W', 'error', TESTS], { encoding: 'utf8', env });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^Ran 16 tests/m);
  });
});
