import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeWheel } from '../../ci/runtime-wheel.ts';
import { openWheel, readWheelMetadata } from '../../ci/wheel.ts';
import { hermesVersion } from '../../src/core/package-root.ts';
import { pythonTools } from '../python-tools.ts';
import { temporaryFolder } from '../setup.ts';

const wheel = runtimeWheel();

function written(): string {
  const file = join(temporaryFolder(), wheel.fileName);
  writeFileSync(file, wheel.bytes);
  return file;
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: temporaryFolder(), HERMES_ENVIRONMENT: 'dev' },
  });
}

describe('the wheel of hermes_runtime', () => {
  it('is called by the version of Hermes, needs Python 3.9 and nothing else, and has the same bytes each time', async () => {
    assert.equal(wheel.fileName, `hermes_runtime-${hermesVersion}-py3-none-any.whl`);
    assert.deepEqual(await readWheelMetadata(wheel.bytes), {
      name: 'hermes-runtime',
      version: hermesVersion,
      requiresPython: '>=3.9',
      dependencies: [],
    });
    assert.equal(runtimeWheel().sha256, wheel.sha256);
    await openWheel(wheel);
  });

  it('is a wheel by the word of pip, uv and wheel, and says what it holds', function () {
    this.timeout(300_000);
    const bin = pythonTools('test');
    const file = written();
    const unpacked = temporaryFolder();
    // `wheel unpack` checks every hash of RECORD.
    run(join(bin, 'wheel'), 'unpack', file, '--dest', unpacked);
    const byPip = temporaryFolder();
    run(join(bin, 'python'), '-m', 'pip', 'install', '--quiet', '--no-index', '--target', byPip, file);
    const byUv = temporaryFolder();
    mkdirSync(byUv, { recursive: true });
    run(join(bin, 'uv'), 'pip', 'install', '--quiet', '--offline', '--target', byUv, file);
    for (const folder of [byPip, byUv, file]) {
      const code = `import sys; sys.path.insert(0, ${JSON.stringify(folder)}); import hermes_runtime as h; print(h.table("a.b"), h.__file__)`;
      assert.match(run('python3', '-I', '-c', code), new RegExp(`^a\\.b ${folder}/`));
    }
  });
});
