import type { Run } from '../../../databricks/runs/run.ts';
import type { Workbench } from '../workbench.ts';
import { timeLimit } from './time-limit.ts';

/** How long a cancelled run may take to end before we stop waiting for it. */
const CONFIRMATION_SECONDS = 60;

/**
 * Cancels a Databricks run and waits until it has ended, since a cancel only asks for it.
 * Answers the ended run, or undefined when the end could not be confirmed in time. Not stopped by Ctrl-C: a run that
 * is left alone costs money.
 */
export async function endRemoteRun(
  bench: Pick<Workbench, 'databricks' | 'watcher' | 'clock'>,
  runId: string,
  onTrouble: (message: string) => void,
): Promise<Run | undefined> {
  const limit = timeLimit(bench.clock, CONFIRMATION_SECONDS);
  try {
    await bench.databricks.jobs.cancelRun(runId, limit.signal);
    return await bench.watcher.watch(runId, { signal: limit.signal });
  } catch (error) {
    onTrouble(`run ${runId} may still be going: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  } finally {
    limit.clear();
  }
}
