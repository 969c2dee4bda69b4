import type { Ending } from '../jobs/run-state.ts';
import type { RunRecord, TaskRecord } from '../jobs/runs.ts';

/** What a test makes of tasks, instead of running them or besides. Waits reject with the signal's reason. */
export interface Staging {
  /** Resolves when the task may leave the queue. */
  queue(run: RunRecord, task: TaskRecord, signal: AbortSignal): Promise<void>;
  /** Plays a task that has its cluster and answers how it ends; undefined when it is to be run. */
  play(run: RunRecord, task: TaskRecord, clusterId: string, signal: AbortSignal): Promise<Ending | undefined>;
}
