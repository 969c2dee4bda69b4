import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../src/core/clock.ts';
import { runGuarded } from '../../src/dag/run-guarded.ts';
import { temporaryFolder } from '../setup.ts';

describe('the top level of a DAG file', () => {
  it('may not end the process that loads it', async () => {
    const { exit } = process;
    await assert.rejects(
      runGuarded(async () => process.exit(0), systemClock),
      new Error('It calls process.exit, which a DAG file may not'),
    );
    assert.equal(process.exit, exit);
  });

  it('speaks on stderr, so that what the command prints on stdout stays its own', async () => {
    const { write } = process.stderr;
    const heard: unknown[] = [];
    process.stderr.write = (text: unknown) => heard.push(text) > 0;
    try {
      await runGuarded(async () => process.stdout.write('from a DAG\n'), systemClock);
    } finally {
      process.stderr.write = write;
    }
    assert.deepEqual(heard, ['from a DAG\n']);
  });

  it('may not wait for ever', async () => {
    const impatient = { now: () => new Date(), sleep: async () => undefined };
    await assert.rejects(
      runGuarded(() => once(process, 'an event that never comes'), impatient),
      new Error('Its top level takes longer than 30 seconds'),
    );
  });

  it('answers what it loaded', async () => {
    assert.equal(await runGuarded(async () => 7, systemClock), 7);
  });

  it('answers for a promise that nobody catches, and for what a timer throws meanwhile', async () => {
    await assert.rejects(
      runGuarded(async () => {
        Promise.reject(new Error('later'));
      }, systemClock),
      new Error('later'),
    );
    await assert.rejects(
      runGuarded(async () => {
        setImmediate(() => {
          throw new Error('soon');
        });
        await systemClock.sleep(5);
      }, systemClock),
      new Error('soon'),
    );
  });

  it('gives the process back its own listeners', async () => {
    const before = process.rawListeners('unhandledRejection');
    await runGuarded(async () => 7, systemClock);
    assert.deepEqual(process.rawListeners('unhandledRejection'), before);
  });

  it('may not loop for ever', async () => {
    const folder = temporaryFolder();
    const files = ['a.mjs', 'b.mjs'].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, 'export default 1; for (;;);');
    const program = `
      import { systemClock } from '${sourceUrl('core/clock.ts')}';
      import { runGuarded } from '${sourceUrl('dag/run-guarded.ts')}';
      for (const file of ${JSON.stringify(files)}) {
        await runGuarded(() => import(file), systemClock, 0.05).catch((error) => console.log(error.message));
      }
      console.log(await runGuarded(async () => 7, systemClock));
      process.exit(0);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 30_000,
    });
    assert.equal(stdout, `${'Its top level takes longer than 0.05 seconds\n'.repeat(2)}7\n`);
  });
});

function sourceUrl(path: string): string {
  return new URL(`../../src/${path}`, import.meta.url).href;
}
