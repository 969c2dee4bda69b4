import type { Clock } from '../../core/clock.ts';
import type { JobsApi } from '../api.ts';
import type { PollingPace } from './polling-pace.ts';
import type { Run } from './run.ts';
import { startWatching } from './watch-loop.ts';
import { type Follower, type WatchedRun, type WatchListener, watchedRun } from './watched-run.ts';

export interface WatchOptions extends WatchListener {
  /** Ends the wait, not the run. */
  readonly signal?: AbortSignal;
}

/** Follows all runs that a process waits for, with as few calls as it takes. */
export interface RunWatcher {
  /**
   * Waits until a run has ended and answers it. A call that fails is made again for as long as the watch lasts: the run
   * goes on whether or not we see it.
   * @throws HermesError when credentials are refused, the run is not there, or the workspace calls the question wrong
   * five times in a row; the signal's reason when it is aborted
   */
  watch(runId: string, options?: WatchOptions): Promise<Run>;
}

export interface WatcherOptions {
  readonly clock: Clock;
  /** How often a run is asked for, while each is asked for by itself. */
  readonly pace: PollingPace;
}

/**
 * A few runs are polled one by one at the given pace. Many are read from pages of `runs/list`: every two seconds what has
 * just ended, and now and then what is still active, so that an end is noticed within five seconds and each call tells
 * of up to 25 runs. That a run is missing in a list only makes us look: pages shift while they are read. Where listing
 * is refused, each run is polled, less often the more there are.
 */
export function createRunWatcher(jobs: JobsApi, options: WatcherOptions): RunWatcher {
  const runs = new Map<string, WatchedRun>();
  let wakeUp: (() => void) | undefined;
  const wake = (): void => {
    wakeUp ??= startWatching({ jobs, runs, ...options }, () => {
      wakeUp = undefined;
    });
    wakeUp();
  };

  const leave = (watched: WatchedRun, follower: Follower): void => {
    if (follower.abort !== undefined) follower.signal?.removeEventListener('abort', follower.abort);
    const at = watched.followers.indexOf(follower);
    if (at >= 0) watched.followers.splice(at, 1);
    if (watched.followers.length > 0 || runs.get(watched.runId) !== watched) return;
    runs.delete(watched.runId);
    watched.poll?.abort();
    if (runs.size === 0) wakeUp?.();
  };
  const join = (runId: string, follower: Follower): void => {
    const { signal } = follower;
    const watched = runs.get(runId) ?? watchedRun(runId, options.clock.now().getTime(), leave);
    if (signal !== undefined) {
      follower.abort = () => {
        leave(watched, follower);
        follower.reject(signal.reason);
      };
      signal.addEventListener('abort', follower.abort, { once: true });
    }
    // Who joins later wants to hear how it stands, too.
    if (watched.followers.length > 0) watched.needsPoll = true;
    watched.followers.push(follower);
    runs.set(runId, watched);
    wake();
  };

  return {
    watch: (runId, listener = {}) =>
      new Promise<Run>((resolve, reject) => {
        const { signal } = listener;
        if (signal?.aborted === true) return reject(signal.reason);
        join(runId, { listener, signal, resolve, reject, picture: '', tasks: '', trouble: '' });
      }),
  };
}
