import { execFileSync } from 'node:child_process';
import type { Clock } from './clock.ts';
import { linuxBootId, linuxProcess, linuxProcesses } from './linux-process.ts';

const POLL_MS = 20;
const KILL_WAIT_MS = 2_000;

/** Whether any process of the group that `pid` leads is there; a corpse that nobody has collected does not count. */
function isGroupAlive(pid: number): boolean {
  if (!signalGroup(pid, 0)) return false;
  if (process.platform !== 'linux') return true;
  return linuxProcesses().some(({ group }) => group === pid);
}

/**
 * Ends a process group: TERM, then KILL when it still lives after the grace. Resolves when it is gone,
 * or 2 seconds after KILL (what is left then is a corpse that nobody collects).
 */
export async function endGroup(pid: number, clock: Clock, graceMs: number): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  if (await isGoneWithin(pid, clock, graceMs)) return;
  signalGroup(pid, 'SIGKILL');
  await isGoneWithin(pid, clock, KILL_WAIT_MS);
}

/** Kills what a driver that has exited left behind in its group. */
export function sweepGroup(pid: number): void {
  signalGroup(pid, 'SIGKILL');
}

/**
 * What tells a process from another that got the same pid later: its start time.
 * Undefined when there is no such process (a zombie counts as none).
 */
export function processIdentity(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return linuxIdentity(pid);
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

function linuxIdentity(pid: number): string | undefined {
  const found = linuxProcess(pid);
  return found === undefined ? undefined : `${linuxBootId()}/${found.startTicks}`;
}

async function isGoneWithin(pid: number, clock: Clock, limitMs: number): Promise<boolean> {
  for (let waited = 0; waited < limitMs; waited += POLL_MS) {
    if (!isGroupAlive(pid)) return true;
    await clock.sleep(POLL_MS);
  }
  return !isGroupAlive(pid);
}

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
