import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInterpreter, findPython } from '../../src/core/python.ts';
import { temporaryFolder } from '../setup.ts';

/** A folder with programs that answer as a Python of this kind would; undefined = one that only fails. */
function pathWith(programs: Readonly<Record<string, object | undefined>>): string {
  const folder = temporaryFolder();
  for (const [name, said] of Object.entries(programs)) {
    const body = said === undefined ? 'exit 127' : `echo '${JSON.stringify(said)}'`;
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  return folder;
}

const good = { executable: '/good/python', version: [3, 12, 1], pip: '24.0', venv: true, ensurepip: true };
const old = { ...good, executable: '/old/python', version: [3, 8, 1] };

describe('the Python of the machine', () => {
  it('is the interpreter behind python3', async () => {
    const { executable, version } = await findInterpreter({ env: process.env });
    assert.match(executable, /^\/.*python/);
    assert.match(version, /^3\.\d+\.\d+$/);
  });

  it('is python where python3 is a shim without a version, or too old', async () => {
    for (const python3 of [undefined, old]) {
      const env = { PATH: pathWith({ python3, python: good }) };
      assert.deepEqual(await findInterpreter({ env }), { executable: '/good/python', version: '3.12.1' });
    }
  });

  it('is the one that HERMES_PYTHON names, and no other', async () => {
    const HERMES_PYTHON = join(pathWith({ mine: { ...good, pip: '21.0' } }), 'mine');
    const PATH = pathWith({ python3: old });
    assert.equal((await findPython({ env: { HERMES_PYTHON, PATH } })).pip, 'inside');
    await assert.rejects(
      findInterpreter({ env: { HERMES_PYTHON: '/nowhere', PATH: pathWith({ python3: good }) } }),
      {
        message: 'Cannot find Python: there is no /nowhere in PATH.',
      },
    );
  });

  it('is refused when it is too old, with its place', async () => {
    await assert.rejects(findInterpreter({ env: { PATH: pathWith({ python3: old }) } }), {
      message: 'Cannot use this Python [python=/old/python, version=3.8.1]: Hermes needs 3.10 or newer.',
      exitCode: 2,
    });
  });

  it('is refused for environments where venv is missing, and runs scripts all the same', async () => {
    const env = { PATH: pathWith({ python3: { ...good, venv: false } }) };
    assert.equal((await findInterpreter({ env })).version, '3.12.1');
    await assert.rejects(findPython({ env }), {
      message: 'Cannot use this Python [python=/good/python, version=3.12.1]: its module venv is missing.',
      nextStep:
        'Install it: apt install python3-venv (Debian, Ubuntu). Or name another Python in HERMES_PYTHON.',
    });
  });

  it('is not looked for any longer once the caller gave up', async () => {
    const reason = new Error('enough');
    await assert.rejects(findInterpreter({ env: process.env, signal: AbortSignal.abort(reason) }), reason);
  });
});
