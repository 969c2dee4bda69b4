import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
import type { RunStore } from '../../../src/engines/local/record/run-store.ts';
import { type MemoryDatabricks, memoryDatabricks } from '../../fakes/memory-databricks.ts';
import { memoryRuns } from '../../fakes/memory-runs.ts';

/** Ends a process in the middle of its work: every effect from the n-th on fails, before it is carried out or after. */
export interface Death {
  /** Effects so far; each counts once before and once after it is carried out. */
  readonly steps: number;
  /** From the n-th step on nothing works; absent = it lives. */
  dieAt(step: number | undefined): void;
}

/** A disk and a workspace that survive the death of the process that uses them. */
export function mortalSurroundings(): { death: Death; store: RunStore; databricks: MemoryDatabricks } {
  let steps = 0;
  let last = Number.POSITIVE_INFINITY;
  const step = (): void => {
    if (++steps >= last) throw new Error('killed');
  };
  const mortal =
    <A extends unknown[], T>(work: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      step();
      const answer = await work(...given);
      step();
      return answer;
    };
  const disk = memoryRuns();
  const databricks = memoryDatabricks();
  const { jobs } = databricks;
  Object.assign(jobs, {
    submitRun: mortal(jobs.submitRun),
    getRun: mortal(jobs.getRun),
    getRunOutput: mortal(jobs.getRunOutput),
    cancelRun: mortal(jobs.cancelRun),
  });
  return {
    death: {
      get steps() {
        return steps;
      },
      dieAt: (at) => {
        steps = 0;
        last = at ?? Number.POSITIVE_INFINITY;
      },
    },
    store: { ...disk, write: mortal(disk.write), claim: mortal(disk.claim) },
    databricks,
  };
}

/** The record as the next process finds it: whoever drove it is gone. */
export async function orphan(store: RunStore): Promise<RunRecord | undefined> {
  const record = await store.read('seattle', 'manual__1');
  if (record === undefined) return undefined;
  const orphaned = { ...record, driver: { pid: 2 ** 22 + 1, startedAt: '0' } };
  await store.write(orphaned);
  return orphaned;
}

/** Whether the work came to its end before death did. */
export const survives = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
