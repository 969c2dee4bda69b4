import { totalmem } from 'node:os';
import { brokenTask, type Ending } from '../../jobs/run-state.ts';

/** How much of the machine one task may take. */
export interface RunLimits {
  readonly memoryBytes: number;
  /** Processes at the same time; threads do not count. */
  readonly processes: number;
}

export type LimitName = keyof RunLimits;

/** Three quarters of the machine's memory, and 512 processes: the node types of a request say nothing about a laptop. */
export function defaultLimits(given: Partial<RunLimits> = {}): RunLimits {
  return { memoryBytes: Math.floor(totalmem() * 0.75), processes: 512, ...given };
}

/** How a task ends that took more than it may. */
export function limitEnding(name: LimitName, limits: RunLimits): Ending {
  const text = name === 'memoryBytes' ? outOfMemory(limits) : tooManyProcesses(limits);
  return brokenTask('DRIVER_ERROR', 'CLIENT_ERROR', text);
}

function outOfMemory({ memoryBytes }: RunLimits): string {
  return `The driver ran out of memory and was ended (DRIVER_OUT_OF_MEMORY): a run of this workspace has ${gigabytes(memoryBytes)}. Work on less data at a time, or run it on a larger cluster.`;
}

function tooManyProcesses({ processes }: RunLimits): string {
  return `The driver started more than ${processes} processes and was ended: a run of this workspace has no more.`;
}

function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
