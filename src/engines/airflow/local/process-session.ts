import type { Clock } from '../../../core/clock.ts';
import { linuxBootId, linuxProcesses } from '../../../core/linux-process.ts';
import { processIdentity } from '../../../core/process-group.ts';
import type { InstanceProcess } from './instance-state.ts';

const POLL_MS = 50;
const GRACE_MS = 8_000;
const ORPHANS_MS = 1_000;
const KILL_WAIT_MS = 3_000;

type Leader = Pick<InstanceProcess, 'pid' | 'identity'>;

/**
 * Ends started processes with all that they started, whether they themselves are still there or not: TERM to each
 * group, and KILL to what is left after the grace. What has outlived its leader gets a second only.
 * Answers the pids that are there even so.
 */
export async function endSessions(leaders: readonly Leader[], clock: Clock): Promise<readonly number[]> {
  for (const leader of leaders) if (sessionMembers(leader).length > 0) signal(-leader.pid, 'SIGTERM');
  return (await Promise.all(leaders.map((leader) => endSession(leader, clock)))).flat();
}

async function endSession(leader: Leader, clock: Clock): Promise<readonly number[]> {
  let orphanedMs = 0;
  for (let waited = 0; waited < GRACE_MS && orphanedMs < ORPHANS_MS; waited += POLL_MS) {
    if (sessionMembers(leader).length === 0) return [];
    if (processIdentity(leader.pid) !== leader.identity) orphanedMs += POLL_MS;
    await clock.sleep(POLL_MS);
  }
  for (let waited = 0; waited < KILL_WAIT_MS; waited += POLL_MS) {
    const left = sessionMembers(leader);
    if (left.length === 0) return [];
    for (const pid of left) signal(pid, 'SIGKILL');
    await clock.sleep(POLL_MS);
  }
  return sessionMembers(leader);
}

/**
 * The living processes of the session that a started process leads, or led. Its number is given to nobody else while
 * any of them lives; one that has the number and another start time means that none is left.
 */
export function sessionMembers({ pid, identity }: Leader): readonly number[] {
  const now = processIdentity(pid);
  if (process.platform !== 'linux') return now === identity ? [pid] : [];
  if ((now !== undefined && now !== identity) || !identity.startsWith(linuxBootId())) return [];
  return linuxProcesses()
    .filter(({ session }) => session === pid)
    .map((member) => member.pid);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
