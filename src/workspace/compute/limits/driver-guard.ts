import { writeFileSync } from 'node:fs';
import type { Clock } from '../../../core/clock.ts';
import { sweepGroup } from '../../../core/process-group.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import type { Ending } from '../../jobs/run-state.ts';
import { type Cgroup, openCgroup } from './cgroup.ts';
import { type GroupUse, groupMeter, sharedOnce } from './group-use.ts';
import { type LimitName, limitEnding, type RunLimits } from './run-limits.ts';

/** Holds one driver, and all that it starts, to its limits. */
export interface DriverGuard {
  /** Puts a driver that has not begun under the limits. */
  hold(pid: number): Promise<void>;
  /** Looks at the driver until `signal` is aborted, and kills it when it takes too much. */
  watch(pid: number, signal: AbortSignal): Promise<void>;
  /** How a driver ended that was killed for what it took; undefined when that was not the reason. */
  ending(): Ending | undefined;
  /** Kills what is left, and forgets it. */
  end(): Promise<void>;
}

/** Makes the guard of a task run. @param isAdopted Whether an earlier server began its driver */
export type DriverGuards = (taskRunId: bigint, isAdopted: boolean) => DriverGuard;

interface GuardOptions {
  /** The workspace's folder; tells its control groups from those of others. */
  readonly folder: string;
  readonly limits: RunLimits;
  readonly clock: Clock;
}

interface Measured extends GuardOptions {
  readonly measure: (group: number) => GroupUse;
}

const CHECK_MS = 500;
// The kernel ends drivers before it ends the server or the user's programs.
const OOM_SCORE = '500';

/** Guards by a control group where `open` can make one, else by counting. */
export function driverGuards(options: GuardOptions, open: typeof openCgroup = openCgroup): DriverGuards {
  const measure = groupMeter(() => performance.now(), CHECK_MS / 2);
  const name = `hermes-${sha256Hex(options.folder).slice(0, 8)}`;
  return (taskRunId, isAdopted) => {
    const own = `${name}-${taskRunId}`;
    const cgroup = isAdopted ? open(own) : open(own, options.limits);
    return guardDriver({ ...options, measure }, cgroup);
  };
}

function guardDriver(options: Measured, cgroup: Cgroup | undefined): DriverGuard {
  const { limits, clock } = options;
  let found: LimitName | undefined;
  return {
    hold: async (pid) => {
      preferForKill(pid);
      await cgroup?.enter(pid);
    },
    watch: async (pid, signal) => {
      while (!signal.aborted && found === undefined) {
        await clock.sleep(CHECK_MS, signal).catch(() => undefined);
        if (!signal.aborted) found = excess(options, cgroup, pid);
      }
      if (found !== undefined) killAll(cgroup, pid);
    },
    ending: () => {
      const name = found ?? (cgroup?.wasOutOfMemory() === true ? 'memoryBytes' : undefined);
      return name === undefined ? undefined : limitEnding(name, limits);
    },
    end: async () => cgroup?.close(clock),
  };
}

function excess(
  { limits, measure }: Measured,
  cgroup: Cgroup | undefined,
  pid: number,
): LimitName | undefined {
  if (cgroup !== undefined) return cgroup.processes().length > limits.processes ? 'processes' : undefined;
  const use = measure(pid);
  if (use.processes > limits.processes) return 'processes';
  const isOver = use.memoryBytes > limits.memoryBytes && sharedOnce(pid) > limits.memoryBytes;
  return isOver ? 'memoryBytes' : undefined;
}

function killAll(cgroup: Cgroup | undefined, pid: number): void {
  sweepGroup(pid);
  for (const member of cgroup?.processes() ?? []) {
    try {
      process.kill(member, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function preferForKill(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, OOM_SCORE);
  } catch {
    // Another system than Linux, or one that does not allow it.
  }
}
