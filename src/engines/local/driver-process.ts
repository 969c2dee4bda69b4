import { readFileSync } from 'node:fs';

/** The process that drives a run: its id, and when it started, since ids are used again. */
export interface DriverProcess {
  readonly pid: number;
  /** Opaque; empty where the system does not tell. */
  readonly startedAt: string;
}

/** This process. */
export function thisProcess(): DriverProcess {
  return { pid: process.pid, startedAt: startOf(process.pid) };
}

/** True while the same process is there. */
export function isAlive(driver: DriverProcess): boolean {
  try {
    process.kill(driver.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(driver.pid) === driver.startedAt;
}

/** Field 22 of `/proc/<pid>/stat` (proc_pid_stat(5)): ticks since boot. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
