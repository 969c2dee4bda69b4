import { readFileSync } from 'node:fs';

/** The process that drives a run: its id, and when it started, since ids are used again. */
export interface DriverProcess {
  readonly pid: number;
  /** Opaque; empty where the system does not tell. */
  readonly startedAt: string;
}

/** This process. */
export function thisProcess(): DriverProcess {
  return { pid: process.pid, startedAt: readStat(process.pid)?.startedAt ?? '' };
}

/** True while the same process is there and has not ended. */
export function isAlive(driver: DriverProcess): boolean {
  try {
    process.kill(driver.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const stat = readStat(driver.pid);
  // An ended process that nobody has waited for still has its id.
  return stat === undefined || (stat.state !== 'Z' && stat.startedAt === driver.startedAt);
}

/** Fields 3 and 22 of `/proc/<pid>/stat` (proc_pid_stat(5)): state, and ticks since boot. */
function readStat(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
