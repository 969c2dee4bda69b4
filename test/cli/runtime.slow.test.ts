import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeWheel } from '../../ci/runtime-wheel.ts';
import { hermes } from '../hermes.ts';
import { temporaryFolder } from '../setup.ts';

describe('hermes runtime', () => {
  it('writes the wheel that runs get, and answers its path in a form that pip takes', async () => {
    const folder = temporaryFolder();
    const { stdout, exitCode } = await hermes(folder, ['runtime', '--quiet']);
    assert.deepEqual([exitCode, stdout], [0, `./${runtimeWheel().fileName}\n`]);
    assert.deepEqual(readFileSync(join(folder, stdout.trim())), Buffer.from(runtimeWheel().bytes));
    const target = temporaryFolder();
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-index', '--target', target, stdout.trim()];
    assert.equal(spawnSync('python3', pip, { cwd: folder }).status, 0);
  });

  it('says which folder it could not write to', async () => {
    const folder = temporaryFolder();
    const { stderr, exitCode } = await hermes(folder, ['runtime', 'nowhere']);
    assert.equal(
      stderr,
      'Cannot write hermes_runtime to nowhere: there is no such folder.\nName a folder that is there, and that you may write to.\n',
    );
    assert.equal(exitCode, 2);
  });
});
