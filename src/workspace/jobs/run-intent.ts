import { cancelled, type Ending, timedOut } from './run-state.ts';
import type { RunRecord } from './runs.ts';

/** How a run that was told to end as a whole does end; undefined when nobody told it to. */
export function endingOfWhole(run: RunRecord): Ending | undefined {
  switch (run.intent) {
    case 'cancel':
      return cancelled();
    case 'stop':
      return cancelled('Run cancelled: the workspace was stopped.');
    case 'timeout':
      return timedOut(`Run timed out: it ran longer than ${run.timeout_seconds} seconds.`);
    default:
      return undefined;
  }
}
