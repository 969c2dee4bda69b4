import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '../../../core/clock.ts';
import { processIdentity } from '../../../core/process-group.ts';
import type { InstanceProcess } from './instance-state.ts';

const POLL_MS = 50;
const GRACE_MS = 8_000;
const KILL_WAIT_MS = 3_000;

type Leader = Pick<InstanceProcess, 'pid' | 'identity'>;

/**
 * Ends started processes with all that they started, whether they themselves are still there or not: TERM to each
 * group, and KILL to what is left after the grace. Answers the pids that are there even so.
 */
export async function endSessions(leaders: readonly Leader[], clock: Clock): Promise<readonly number[]> {
  const left = (): readonly number[] => leaders.flatMap(sessionMembers);
  for (const leader of leaders) if (sessionMembers(leader).length > 0) signal(-leader.pid, 'SIGTERM');
  if (await isOver(left, clock, GRACE_MS)) return [];
  for (const pid of left()) signal(pid, 'SIGKILL');
  return (await isOver(left, clock, KILL_WAIT_MS)) ? [] : left();
}

/**
 * The living processes of the session that a started process leads, or led. Its number is given to nobody else while
 * any of them lives; one that has the number and another start time means that none is left.
 */
export function sessionMembers({ pid, identity }: Leader): readonly number[] {
  const now = processIdentity(pid);
  if (process.platform !== 'linux') return now === identity ? [pid] : [];
  if ((now !== undefined && now !== identity) || !identity.startsWith(bootId())) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((each) => Number.isInteger(each) && isMember(each, pid));
}

// Behind the command's closing parenthesis: the state, the parent, the group, the session.
// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
function isMember(pid: number, session: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, , , memberOf] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return memberOf === String(session) && state !== 'Z';
  } catch {
    return false;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

async function isOver(left: () => readonly number[], clock: Clock, limitMs: number): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += POLL_MS) {
    if (left().length === 0) return true;
    await clock.sleep(POLL_MS);
  }
  return left().length === 0;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
