import assert from 'node:assert/strict';
import { once } from 'node:events';
import { systemClock } from '../../src/core/clock.ts';
import { runGuarded } from '../../src/dag/run-guarded.ts';

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
});
