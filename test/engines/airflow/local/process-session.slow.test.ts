import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Clock, systemClock } from '../../../../src/core/clock.ts';
import { processIdentity } from '../../../../src/core/process-group.ts';
import { endSessions, sessionMembers } from '../../../../src/engines/airflow/local/process-session.ts';

const isLinux = process.platform === 'linux';

describe('sessions of processes that were started', () => {
  /** A shell in a session of its own with two children, one of them in a process group of its own. */
  async function family(script: string): Promise<{ readonly pid: number; readonly identity: string }> {
    const child = spawn('bash', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    const { pid = 0 } = child;
    return { pid, identity: processIdentity(pid) ?? '' };
  }
  const brood = 'sleep 300 & set -m; sleep 300 & echo ready;';

  it('end with all that they started, in whatever group', async () => {
    const leader = await family(`${brood} wait`);
    if (isLinux) assert.equal(sessionMembers(leader).length, 3);
    assert.deepEqual(await endSessions([leader], systemClock), []);
    assert.deepEqual(sessionMembers(leader), []);
  });

  it('end when only children are left', async function () {
    if (!isLinux) this.skip();
    const leader = await family(`${brood} wait`);
    process.kill(leader.pid, 'SIGKILL');
    while (processIdentity(leader.pid) !== undefined) await systemClock.sleep(10);
    assert.equal(sessionMembers(leader).length, 2);
    assert.deepEqual(await endSessions([leader], systemClock), []);
  });

  it('end also when they do not want to', async () => {
    // The grace is not waited for as long as it is.
    const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 4, signal) };
    const leader = await family("trap '' TERM; echo ready; while true; do sleep 0.1; done");
    assert.deepEqual(await endSessions([leader], hasty), []);
  });

  it('leave alone what got the same number later, or before the machine started again', async () => {
    const leader = await family('echo ready; sleep 300');
    assert.deepEqual(sessionMembers({ ...leader, identity: `${leader.identity}0` }), []);
    assert.deepEqual(sessionMembers({ ...leader, identity: 'another-boot/1' }), []);
    await endSessions([{ ...leader, identity: 'another-boot/1' }], systemClock);
    assert.equal(processIdentity(leader.pid), leader.identity);
    await endSessions([leader], systemClock);
  });
});
