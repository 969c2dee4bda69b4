import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../../src/core/clock.ts';
import { runCommands } from '../../../src/github/hook/run-commands.ts';
import { temporaryFolder } from '../../setup.ts';

describe('commands of CI', () => {
  const run = async (
    commands: string[],
    signal = new AbortController().signal,
    folder = temporaryFolder(),
  ) => {
    const chunks: Buffer[] = [];
    const onOutput = (chunk: Buffer) => void chunks.push(chunk);
    const env = { PATH: process.env.PATH };
    const outcomes = await runCommands(commands, { folder, env, clock: systemClock, signal, onOutput });
    const exitCodes = outcomes.map(({ command, exitCode }) => [command, exitCode]);
    return { exitCodes, output: Buffer.concat(chunks).toString() };
  };

  it('share one shell, run all, and show both outputs in order', async () => {
    const { exitCodes, output } = await run(['x=1; cd /', 'false', 'echo "$x $PWD"; echo err >&2; echo out']);
    assert.deepEqual(
      exitCodes.map(([, code]) => code),
      [0, 1, 0],
    );
    assert.equal(output, '$ x=1; cd /\n$ false\n$ echo "$x $PWD"; echo err >&2; echo out\n1 /\nerr\nout\n');
  });

  it('end where a line ends the shell, with its exit code', async () => {
    const { exitCodes } = await run(['true', 'exit 7', 'echo never']);
    assert.deepEqual(exitCodes, [
      ['true', 0],
      ['exit 7', 7],
    ]);
  });

  it('end where a line has a syntax error or is killed', async () => {
    assert.deepEqual((await run(['if'])).exitCodes.length, 1);
    assert.notEqual((await run(['if'])).exitCodes[0]?.[1], 0);
    assert.deepEqual((await run(['kill -9 $$'])).exitCodes, [['kill -9 $$', 137]]);
  });

  it('do nothing when there are none', async () => {
    assert.deepEqual(await run([]), { exitCodes: [], output: '' });
  });

  it('leave no process behind and do not wait for one that holds the output open', async () => {
    const folder = temporaryFolder();
    const { output } = await run(['(sleep 60; touch left) & echo $!'], undefined, folder);
    const pid = Number(output.trim().split('\n').at(-1));
    // What was killed is gone once its new parent has noticed.
    while (isAlive(pid)) await delay(20);
    const daemon = await run(['setsid sleep 60 & sleep 0.1; echo $!']);
    process.kill(Number(daemon.output.trim().split('\n').at(-1)), 'SIGKILL');
  });

  it('are ended as a group when the signal is aborted', async () => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    const running = run(['touch started; sleep 60 & wait; touch after'], stop.signal, folder);
    while (!existsSync(`${folder}/started`)) await systemClock.sleep(5);
    stop.abort(new Error('stopped by the test'));
    await assert.rejects(running, { message: 'stopped by the test' });
    assert.ok(!existsSync(`${folder}/after`));
  });

  it('say that bash is missing', async () => {
    const context = {
      folder: temporaryFolder(),
      env: { PATH: '' },
      clock: systemClock,
      signal: new AbortController().signal,
      onOutput: () => {},
    };
    await assert.rejects(runCommands(['true'], context), {
      code: 'HERMES_NO_BASH',
      message: 'Cannot run CI: there is no bash on the PATH.',
    });
  });
});

/** A zombie counts as gone: in a container nobody may reap it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readStatus(pid));
  } catch {
    return false;
  }
}

function readStatus(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, 'utf8');
}
