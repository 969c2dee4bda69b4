import { readdirSync, readFileSync } from 'node:fs';

/** A process as Linux tells of it; one that is dead and not collected yet counts as none. */
export interface LinuxProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it started, in ticks since the machine did. */
  readonly startTicks: string;
}

/** What Linux tells of a process; undefined when there is none, or the system is another. */
export function linuxProcess(pid: number): LinuxProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the command's closing parenthesis: field 3, the state, and so on.
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, group, session] = fields;
    if (state === 'Z') return undefined;
    return {
      pid,
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      startTicks: fields[19] ?? '',
    };
  } catch {
    return undefined;
  }
}

/** All that is alive on this Linux. */
export function linuxProcesses(): readonly LinuxProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => linuxProcess(Number(name)))
    .filter((found) => found !== undefined);
}

/** Differs each time that the machine starts. */
export function linuxBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
