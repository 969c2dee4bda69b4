import type { Run } from './run.ts';
import { isKnownState, isTerminal, stateWord } from './run-state.ts';

/** What someone who waits for a run wants to hear. */
export interface WatchListener {
  /** Each time that something a person sees has changed, the first time included. */
  readonly onChange?: (run: Run) => void;
  /** A poll that failed, or a state that is not documented; the watch goes on. */
  readonly onTrouble?: (message: string) => void;
}

/** One who waits for a run. */
export interface Follower {
  readonly listener: WatchListener;
  readonly resolve: (run: Run) => void;
  readonly reject: (error: unknown) => void;
  /** What it heard last. */
  picture: string;
  tasks: string;
  trouble: string;
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined;
  /** What listens to it. */
  abort?: () => void;
}

/** A run in the hands of a watcher, and everyone who waits for it. Kept small: there may be many thousands. */
export interface WatchedRun {
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly followers: Follower[];
  /** Takes a follower out whose wait is over. */
  readonly leave: (watched: WatchedRun, follower: Follower) => void;
  /** When to poll it by itself, epoch milliseconds. */
  pollAt: number;
  /** Of the poll that is under way. */
  poll?: AbortController | undefined;
  /** Epoch milliseconds; once it is known. */
  startedAt?: number;
  /** It has been seen at least once. */
  isSeen: boolean;
  /** How often in a row the workspace has said that asking for it is wrong. */
  refusals: number;
  /** Lists do not tell enough about it: it has to be polled by itself. */
  needsPoll: boolean;
}

export function watchedRun(runId: string, now: number, leave: WatchedRun['leave']): WatchedRun {
  return {
    runId,
    since: now,
    followers: [],
    leave,
    pollAt: now,
    isSeen: false,
    refusals: 0,
    needsPoll: false,
  };
}

/** Tells everyone what has changed. Answers whether the run has ended, and with it every wait. */
export function tell(watched: WatchedRun, run: Run): boolean {
  watched.isSeen = true;
  if (run.startedAt !== undefined) watched.startedAt = run.startedAt.getTime();
  const picture = pictureOf(run);
  const tasks = run.tasks.map((task) => stateWord(task.state)).join('|');
  const hasEnded = isTerminal(run.state);
  for (const follower of [...watched.followers]) {
    // A list may leave the tasks out.
    const isNews = follower.picture !== picture || (tasks !== '' && follower.tasks !== tasks);
    follower.picture = picture;
    follower.tasks = tasks || follower.tasks;
    if (isNews) follower.listener.onChange?.(run);
    if (!hasEnded) continue;
    watched.leave(watched, follower);
    follower.resolve(run);
  }
  complain(watched, undocumented(run));
  return hasEnded;
}

/** Says what is wrong, once while it lasts; an empty text says that all is well again. */
export function complain({ followers }: WatchedRun, message: string): void {
  for (const follower of [...followers]) {
    if (message !== '' && message !== follower.trouble) follower.listener.onTrouble?.(message);
    follower.trouble = message;
  }
}

/** Ends every wait for the run: no later poll will be better. */
export function giveUp(watched: WatchedRun, error: unknown): void {
  for (const follower of [...watched.followers]) {
    watched.leave(watched, follower);
    follower.reject(error);
  }
}

function pictureOf(run: Run): string {
  const { lifeCycle, result, message } = run.state;
  return [lifeCycle, result, message, run.pageUrl].join('|');
}

function undocumented(run: Run): string {
  return isKnownState(run.state)
    ? ''
    : `run ${run.runId} is in state ${run.state.lifeCycle}, which Hermes does not know; it counts as still going`;
}
