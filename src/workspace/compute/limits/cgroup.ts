import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { readKernelFile } from './kernel-file.ts';
import type { RunLimits } from './run-limits.ts';

/** A control group of Linux that holds one driver and all that it starts, also what leaves its process group. */
export interface Cgroup {
  enter(pid: number): Promise<void>;
  /** Ids of the processes in it. */
  processes(): number[];
  /** Whether the kernel has ended a process in it for want of memory. */
  wasOutOfMemory(): boolean;
  /** Kills what is left in it and removes it. */
  close(clock: Clock): Promise<void>;
}

/** A file that sets a limit, and the folder of the hierarchy in which groups are made. */
interface Hierarchy {
  readonly parent: string;
  readonly limits: (limits: RunLimits) => Readonly<Record<string, number>>;
  /** File whose `oom_kill` counts. */
  readonly events?: string;
}

const ROOT = '/sys/fs/cgroup';
// Threads count for the kernel: this many a process, before we would count its processes.
const THREADS = 8;
const CLOSE_TRIES = 50;
const CLOSE_PAUSE_MS = 20;

/**
 * Makes a control group, or finds the one of that name that an earlier server made. Undefined where the system lets
 * this user make none: then processes are counted instead. `limits` absent: it must be there already.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html, …/cgroup-v1/
 */
export function openCgroup(name: string, limits?: RunLimits): Cgroup | undefined {
  const hierarchies = findHierarchies();
  if (hierarchies.length === 0) return undefined;
  const folders = hierarchies.map((hierarchy) => join(hierarchy.parent, name));
  try {
    if (limits === undefined) {
      if (!folders.every((folder) => existsSync(folder))) return undefined;
    } else for (const hierarchy of hierarchies) make(hierarchy, name, limits);
  } catch {
    for (const folder of folders) remove(folder);
    return undefined;
  }
  return cgroupAt(hierarchies, folders);
}

function make({ parent, limits: filesOf }: Hierarchy, name: string, limits: RunLimits): void {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, value] of Object.entries(filesOf(limits)))
    writeFileSync(join(folder, file), String(value));
}

function cgroupAt(hierarchies: readonly Hierarchy[], folders: readonly string[]): Cgroup {
  const processes = (): number[] => [...new Set(folders.flatMap((folder) => processesIn(folder)))];
  return {
    enter: async (pid) => {
      await Promise.all(folders.map((folder) => writeFile(join(folder, 'cgroup.procs'), String(pid))));
    },
    processes,
    wasOutOfMemory: () =>
      hierarchies.some(({ events }, index) => {
        const text = events === undefined ? '' : readKernelFile(join(folders[index] ?? '', events));
        return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0;
      }),
    close: async (clock) => {
      for (let tries = 0; tries < CLOSE_TRIES; tries += 1) {
        for (const pid of processes()) kill(pid);
        if (folders.map((folder) => remove(folder)).every((isGone) => isGone)) return;
        await clock.sleep(CLOSE_PAUSE_MS);
      }
    },
  };
}

/** Where this process may make groups: one hierarchy of the second version, or two of the first. */
function findHierarchies(): Hierarchy[] {
  const own = readKernelFile('/proc/self/cgroup');
  const unified = /^0::(\/.*)$/m.exec(own)?.[1];
  if (unified !== undefined && existsSync(join(ROOT, 'cgroup.controllers'))) return secondVersion(unified);
  const [pids, memory] = ['pids', 'memory'].map((controller) => firstVersion(own, controller));
  if (pids === undefined || memory === undefined) return [];
  return [
    { parent: pids, limits: ({ processes }) => ({ 'pids.max': processes * THREADS }) },
    {
      parent: memory,
      limits: ({ memoryBytes }) => ({ 'memory.limit_in_bytes': memoryBytes }),
      events: 'memory.oom_control',
    },
  ];
}

/** Groups stand beside our own: one that holds processes may not divide what it has. */
function secondVersion(own: string): Hierarchy[] {
  const parent = join(ROOT, own === '/' ? own : dirname(own));
  const controllers = readKernelFile(join(parent, 'cgroup.subtree_control')).split(/\s+/);
  if (!['pids', 'memory'].every((name) => controllers.includes(name))) return [];
  const limits = ({ memoryBytes, processes }: RunLimits) => ({
    'memory.max': memoryBytes,
    'pids.max': processes * THREADS,
  });
  return [{ parent, limits, events: 'memory.events' }];
}

function firstVersion(own: string, controller: string): string | undefined {
  const path = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(/.*)$`, 'm').exec(own)?.[1];
  const folder = path === undefined ? undefined : join(ROOT, controller, path);
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

function processesIn(folder: string): number[] {
  return readKernelFile(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Whether the group is gone; groups that the run made inside go first. */
function remove(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) remove(join(folder, entry.name));
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}
