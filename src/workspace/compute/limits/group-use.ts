import { linuxProcesses } from '../../../core/linux-process.ts';
import { readKernelFile } from './kernel-file.ts';

/** What the processes of one group take. */
export interface GroupUse {
  readonly processes: number;
  readonly memoryBytes: number;
}

const PAGE_BYTES = 4_096;

/** Makes a function that measures process groups by looking at every process, once for all groups within `freshMs`. */
export function groupMeter(now: () => number, freshMs: number): (group: number) => GroupUse {
  let seen: ReturnType<typeof linuxProcesses> = [];
  let seenAt = Number.NEGATIVE_INFINITY;
  return (group) => {
    if (process.platform !== 'linux') return { processes: 0, memoryBytes: 0 };
    if (now() - seenAt >= freshMs) {
      seen = linuxProcesses();
      seenAt = now();
    }
    const members = seen.filter((found) => found.group === group);
    return { processes: members.length, memoryBytes: sum(members.map(({ pid }) => residentBytes(pid))) };
  };
}

/** Memory of a group in which pages that several processes share count once; costs far more than {@link groupMeter}. */
export function sharedOnce(group: number): number {
  const members = linuxProcesses().filter((found) => found.group === group);
  return sum(
    members.map(({ pid }) => {
      const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readKernelFile(`/proc/${pid}/smaps_rollup`))?.[1];
      return kilobytes === undefined ? residentBytes(pid) : Number(kilobytes) * 1_024;
    }),
  );
}

function residentBytes(pid: number): number {
  return Number(readKernelFile(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE_BYTES;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
