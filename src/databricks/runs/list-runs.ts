import { HermesError } from '../../core/errors.ts';
import { mayPass, pollDue } from './poll-runs.ts';
import type { Run } from './run.ts';
import { findEnded, hasMissed, type ListRuns, readActive, readEnded, type Search } from './run-pages.ts';
import { isTerminal } from './run-state.ts';
import type { Chore, WatchState } from './watch-state.ts';
import { tell } from './watched-run.ts';

/** So few runs are polled one by one, whatever else there is in the workspace. */
const FEW_RUNS = 10;
const PAGE = 25;
const FEED_MS = 2000;
/** How late an end may be noticed; polling each run for it takes one call per run in this time. */
const FRESH_MS = 5000;
const NEWCOMERS_MS = 1000;
/** What is active shows less urgent things than ends: at most four pages of it per second. */
const SWEEP_MS = 5000;
const SWEEP_PAGE_MS = 250;
const AVOID_LISTS_MS = 60_000;
const POLLS_AT_ONCE = 4;
const MOST_MISSES = 3;

/** Whether pages of runs take fewer calls than polling each run. */
export function isWorthListing(state: WatchState): boolean {
  return (
    state.runs.size > FEW_RUNS &&
    !state.isListingRefused &&
    state.clock.now().getTime() >= state.avoidListsUntil
  );
}

/** Reads the lists that are due, and polls what they do not tell. @returns when to look again, epoch milliseconds */
export function listDue(state: WatchState): number {
  const { feed, sweep, newcomers } = state;
  // The feed first: it must not miss what ends while the others are read.
  const isFeedUseful = feed.isInOrder && feed.misses < MOST_MISSES;
  if (isFeedUseful) start(state, feed, readFeed);
  if (feed.readUntil !== undefined) {
    start(state, newcomers, meetNewcomers);
    start(state, sweep, (each) => sweepActive(each, isFeedUseful));
  }
  const chores = [
    ...(isFeedUseful ? [feed] : []),
    ...(feed.readUntil === undefined ? [] : [sweep, newcomers]),
  ];
  const nextPoll = pollDue(state, ({ needsPoll }) => needsPoll, POLLS_AT_ONCE);
  return Math.min(
    nextPoll,
    ...chores.map(({ isBusy, dueAt }) => (isBusy ? Number.POSITIVE_INFINITY : dueAt)),
  );
}

function start(state: WatchState, chore: Chore, work: (state: WatchState) => Promise<void>): void {
  const now = state.clock.now().getTime();
  if (chore.isBusy || chore.dueAt > now) return;
  chore.isBusy = true;
  chore.dueAt = now + FEED_MS;
  const begun = work(state).catch((error: unknown) => onListError(state, error));
  void begun.finally(() => {
    chore.isBusy = false;
    state.wake();
  });
}

/** What has ended since the last time. */
async function readFeed(state: WatchState): Promise<void> {
  const { feed, clock, runs } = state;
  const worthPages = Math.ceil((runs.size * FEED_MS) / FRESH_MS);
  const isComplete = await readEnded(listOf(state), feed, worthPages, (run) => absorb(state, run));
  if (isComplete) return;
  // Others' runs fill the pages: by then there may be fewer of them.
  state.avoidListsUntil = clock.now().getTime() + AVOID_LISTS_MS;
  feed.readUntil = undefined;
}

/** Runs that have just joined: they stand at the front of what is active. */
async function meetNewcomers(state: WatchState): Promise<void> {
  state.newcomers.dueAt = state.clock.now().getTime() + NEWCOMERS_MS;
  const unseen = [...state.runs.values()].filter(({ isSeen, needsPoll }) => !isSeen && !needsPoll);
  const wanted = new Set(unseen.map(({ runId }) => runId));
  if (unseen.length > POLLS_AT_ONCE) {
    const mostPages = 2 + Math.ceil((2 * unseen.length) / PAGE);
    const pages = await readActive(listOf(state), searchFor(state, wanted, mostPages));
    // Most of what is active has just been read.
    if (unseen.length * 2 > state.runs.size) putOff(state, pages * SWEEP_PAGE_MS);
  }
  await lookFor(state, wanted);
}

function putOff({ sweep, clock }: WatchState, milliseconds: number): void {
  if (!sweep.isBusy) sweep.dueAt = Math.max(sweep.dueAt, clock.now().getTime() + milliseconds);
}

/** What is still going, with its state; what is missing there is looked for. */
async function sweepActive(state: WatchState, hasFeed: boolean): Promise<void> {
  const { sweep, runs, clock } = state;
  const startedAt = clock.now().getTime();
  const seen = [...runs.values()].filter(({ isSeen, needsPoll }) => isSeen && !needsPoll);
  const wanted = new Set(seen.map(({ runId }) => runId));
  const most = wanted.size;
  if (sweep.pages > most) sweep.pages = Math.floor(sweep.pages * 0.9);
  else {
    const startedFrom = seen.reduce((least, { startedAt = 0 }) => Math.min(least, startedAt), Infinity);
    const pages = await readActive(listOf(state), { ...searchFor(state, wanted, most), startedFrom });
    sweep.pages = Math.max(1, wanted.size > 0 && pages === most ? 4 * most : pages);
  }
  await lookFor(state, wanted);
  sweep.dueAt = startedAt + (hasFeed ? Math.max(SWEEP_MS, sweep.pages * SWEEP_PAGE_MS) : FEED_MS);
}

function searchFor(state: WatchState, wanted: Set<string>, mostPages: number): Search {
  const isWatched = (runId: string): boolean => state.runs.has(runId);
  return { wanted, mostPages, isWatched, onRun: (run) => absorb(state, run) };
}

/** Where lists did not show a run, it may have ended, or pages have shifted: only a reply about itself tells. */
async function lookFor(state: WatchState, missing: Set<string>): Promise<void> {
  for (const runId of missing) if (!state.runs.has(runId)) missing.delete(runId);
  if (missing.size > POLLS_AT_ONCE) {
    await findEnded(listOf(state), missing, (run) => {
      if (hasMissed(state.feed, run)) state.feed.misses++;
      absorb(state, run);
    });
  }
  const now = state.clock.now().getTime();
  for (const runId of missing) {
    const watched = state.runs.get(runId);
    if (watched === undefined) continue;
    watched.needsPoll = true;
    watched.pollAt = now;
  }
}

/** Takes up what a list says. The end of a run is told with its tasks, which not every list has. */
function absorb(state: WatchState, run: Run): void {
  const watched = state.runs.get(run.runId);
  if (watched === undefined) return;
  if (!isTerminal(run.state) || run.tasks.length > 0) tell(watched, run);
  else {
    watched.needsPoll = true;
    watched.pollAt = state.clock.now().getTime();
  }
}

function listOf(state: WatchState): ListRuns {
  return async (query) => {
    const page = await state.jobs.listRuns(query, state.idle.signal);
    state.listTrouble = '';
    return page;
  };
}

function onListError(state: WatchState, error: unknown): void {
  if (state.idle.signal.aborted) return;
  const isRefused = !mayPass(error) || (error instanceof HermesError && error.facts.status === 400);
  const reason = error instanceof Error ? error.message : String(error);
  const message = isRefused
    ? `runs are asked for one by one, since they cannot be listed: ${reason}`
    : reason;
  if (isRefused) state.isListingRefused = true;
  if (message !== state.listTrouble) say(state, message);
  state.listTrouble = message;
}

/** To one of all who wait. */
function say({ runs }: WatchState, message: string): void {
  const listeners = [...runs.values()].flatMap(({ followers }) => followers.map(({ listener }) => listener));
  listeners.find(({ onTrouble }) => onTrouble !== undefined)?.onTrouble?.(message);
}
