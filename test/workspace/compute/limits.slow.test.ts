import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { systemClock } from '../../../src/core/clock.ts';
import { linuxProcesses } from '../../../src/core/linux-process.ts';
import { openCgroup } from '../../../src/workspace/compute/limits/cgroup.ts';
import { driverGuards } from '../../../src/workspace/compute/limits/driver-guard.ts';
import { limitEnding } from '../../../src/workspace/compute/limits/run-limits.ts';
import { temporaryFolder } from '../../setup.ts';
import { closeWorkspaces, openWorkspace, type TestWorkspace } from '../workspace-harness.ts';

const MEGABYTE = 1_000_000;
const EATS = 'blocks = []\nwhile True: blocks.append(b"x" * 10_000_000)';
const FORKS = [
  'import os, time',
  'while True:',
  '    try:',
  '        if os.fork() == 0: os.setsid()',
  '    except BlockingIOError: time.sleep(0.01)',
].join('\n');

describe('a task that takes more than it may', () => {
  let workspace: TestWorkspace;
  const limits = { memoryBytes: 300 * MEGABYTE, processes: 30 };
  before(async function () {
    if (!existsSync('/proc/self/statm')) this.skip();
    workspace = await openWorkspace({ limits });
  });
  after(closeWorkspaces);

  it('is ended for its memory, in the words of Databricks, and leaves others alone', async () => {
    const other = await workspace.submit('import time; time.sleep(1.5); print("done")');
    const run = await workspace.runUntil(await workspace.submit(EATS));
    const [task] = run.tasks;
    assert.equal(
      task?.state.state_message,
      'The driver ran out of memory and was ended (DRIVER_OUT_OF_MEMORY): a run of this workspace has 300 MB. Work on less data at a time, or run it on a larger cluster.',
    );
    assert.equal(task?.status.termination_details?.code, 'DRIVER_ERROR');
    assert.equal((await workspace.runUntil(other)).state.result_state, 'SUCCESS');
  });

  it('is ended with all that it forked, sessions of their own included, when the system can tell', async function () {
    const cgroup = openCgroup(`hermes-test-${process.pid}`, limits);
    await cgroup?.close(systemClock);
    if (cgroup === undefined) this.skip();
    const run = await workspace.runUntil(await workspace.submit(FORKS));
    assert.equal(
      run.tasks[0]?.state.state_message,
      'The driver started more than 30 processes and was ended: a run of this workspace has no more.',
    );
    assert.deepEqual(
      linuxProcesses().filter(({ pid }) => commandOf(pid).includes(workspace.folder)),
      [],
    );
  });

  for (const [what, code, name] of [
    ['memory', EATS, 'memoryBytes'],
    ['processes', FORKS.replace('os.setsid()', 'time.sleep(60)'), 'processes'],
  ] as const) {
    it(`is found by counting its ${what} where no control group can be made`, async () => {
      const guards = driverGuards({ folder: temporaryFolder(), limits, clock: systemClock }, () => undefined);
      const guard = guards(1n, false);
      const driver = spawn('python3', ['-c', code], { detached: true, stdio: 'ignore' });
      const over = new AbortController();
      const ended = once(driver, 'exit').then(([, signal]) => signal);
      const watching = guard.watch(driver.pid ?? 0, over.signal);
      assert.equal(await ended, 'SIGKILL');
      await watching;
      over.abort();
      assert.deepEqual(guard.ending(), limitEnding(name, limits));
    });
  }
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
