import type { Clock } from '../../core/clock.ts';
import type { Databricks } from '../../databricks/client.ts';
import type { RunWatcher } from '../../databricks/runs/run-watcher.ts';
import type { RunEvent } from './record/run-event.ts';
import type { RunStore } from './record/run-store.ts';

/** What the engine works with; the command line puts it together. */
export interface Workbench {
  readonly databricks: Databricks;
  /** One for all runs of the process. */
  readonly watcher: RunWatcher;
  readonly store: RunStore;
  readonly clock: Clock;
  /** Aborted by Ctrl-C: the engine cancels what it started and ends. */
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}
