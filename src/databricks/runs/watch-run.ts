import type { JobsApi } from '../api.ts';
import type { Run } from './run.ts';
import { createRunWatcher, type WatcherOptions, type WatchOptions } from './run-watcher.ts';

/** Waits until one run has ended and answers it; several runs are better followed by one {@link createRunWatcher}. */
export function watchRun(
  jobs: JobsApi,
  runId: string,
  { clock, pace, ...options }: WatcherOptions & WatchOptions,
): Promise<Run> {
  return createRunWatcher(jobs, { clock, pace }).watch(runId, options);
}
