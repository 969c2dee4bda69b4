import { isWorthListing, listDue } from './list-runs.ts';
import { pollDue } from './poll-runs.ts';
import type { WatchContext, WatchState } from './watch-state.ts';

/** Watches from the first run until none is left. @returns what to call when a run joins or the last one leaves */
export function startWatching(context: WatchContext, onIdle: () => void): () => void {
  const state: WatchState = {
    ...context,
    idle: new AbortController(),
    feed: { dueAt: 0, isBusy: false, isInOrder: true, misses: 0 },
    sweep: { dueAt: 0, isBusy: false, pages: 1 },
    newcomers: { dueAt: 0, isBusy: false },
    polls: 0,
    isListingRefused: false,
    avoidListsUntil: 0,
    listTrouble: '',
    wake: () => undefined,
  };
  void keepWatching(state, onIdle);
  return () => state.wake();
}

async function keepWatching(state: WatchState, onIdle: () => void): Promise<void> {
  // What is asked for in one go is looked at in one go.
  await Promise.resolve();
  while (state.runs.size > 0) {
    const nextAt = isWorthListing(state) ? listDue(state) : pollDue(state);
    await pause(state, nextAt);
  }
  state.idle.abort();
  onIdle();
}

/** Waits until something is due or somebody wakes us. */
async function pause(state: WatchState, until: number): Promise<void> {
  const alarm = new AbortController();
  const woken = new Promise<void>((resolve) => {
    state.wake = () => {
      alarm.abort();
      resolve();
    };
  });
  if (until === Number.POSITIVE_INFINITY) return woken;
  const rest = Math.max(0, until - state.clock.now().getTime());
  await state.clock.sleep(rest, alarm.signal).catch(() => undefined);
}
