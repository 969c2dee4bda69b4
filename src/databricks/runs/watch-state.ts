import type { Clock } from '../../core/clock.ts';
import type { JobsApi } from '../api.ts';
import type { PollingPace } from './polling-pace.ts';
import type { EndedFeed } from './run-pages.ts';
import type { WatchedRun } from './watched-run.ts';

/** What a watcher works with. */
export interface WatchContext {
  readonly jobs: JobsApi;
  readonly clock: Clock;
  readonly pace: PollingPace;
  /** The runs that someone waits for, by id. */
  readonly runs: Map<string, WatchedRun>;
}

/** Something that is done again and again, one at a time. */
export interface Chore {
  /** Epoch milliseconds. */
  dueAt: number;
  isBusy: boolean;
}

/** A watcher at work. */
export interface WatchState extends WatchContext {
  /** Aborted when no run is left. */
  readonly idle: AbortController;
  readonly feed: EndedFeed & Chore;
  /** Reading what is active; `pages` is what it took last. */
  readonly sweep: Chore & { pages: number };
  /** Looking for runs that have not been seen yet. */
  readonly newcomers: Chore;
  /** Runs that are being polled by themselves. */
  polls: number;
  isListingRefused: boolean;
  /** Until then lists cost more than they save. */
  avoidListsUntil: number;
  /** What lists failed with last. */
  listTrouble: string;
  /** Looks again at what is due. */
  wake: () => void;
}
