import type { Run, RunPage, RunQuery } from './run.ts';

/** Reads a page of runs. */
export type ListRuns = (query: RunQuery) => Promise<RunPage>;

/** Called for each run of a page as soon as the page is there. */
export type OnRun = (run: Run) => void;

/** What a watcher remembers of the list of ended runs, the latest end first. */
export interface EndedFeed {
  /** Latest end that it has read, epoch milliseconds; undefined before the first reading. */
  readUntil?: number | undefined;
  /** Where the first reading began: ends before it were not looked for. */
  readFrom?: number;
  /** False once the list did not come in the order of the ends: then it is no news of what has just ended. */
  isInOrder: boolean;
  /** Ends that it had to show and did not. */
  misses: number;
}

/** Ends that a list shows late are still found when they are not older than this. */
const MARGIN_MS = 2000;

/**
 * Reads what has ended since the last reading. The first one only finds out where the list begins.
 * @returns false when there was more than so many pages hold
 */
export async function readEnded(
  list: ListRuns,
  feed: EndedFeed,
  mostPages: number,
  onRun: OnRun,
): Promise<boolean> {
  const from = feed.readUntil;
  let pages = 0;
  let newest = from ?? 0;
  let previous = Number.POSITIVE_INFINITY;
  for (let pageToken: string | undefined; ; ) {
    const page = await list({ only: 'completed', withTasks: true, ...after(pageToken) });
    pages++;
    for (const run of page.runs) {
      const end = run.endedAt?.getTime() ?? 0;
      if (end > previous) feed.isInOrder = false;
      previous = end;
      newest = Math.max(newest, end);
      onRun(run);
    }
    pageToken = page.nextPageToken;
    const isOld = from === undefined || previous < from - MARGIN_MS;
    if (isOld || pageToken === undefined || !feed.isInOrder) break;
    if (pages >= mostPages) return false;
  }
  feed.readFrom ??= newest;
  feed.readUntil = newest;
  return true;
}

/** True when the feed had to show the end of this run and did not: then lists are not ordered as they should be. */
export function hasMissed({ readFrom, readUntil }: EndedFeed, run: Run): boolean {
  const end = run.endedAt?.getTime() ?? 0;
  const slack = 5 * MARGIN_MS;
  return readFrom !== undefined && readUntil !== undefined && end > readFrom && end < readUntil - slack;
}

/** Runs that are looked for in a list. */
export interface Search {
  /** Loses what is found. */
  readonly wanted: Set<string>;
  /** Pages that are worth reading. */
  readonly mostPages: number;
  /** The earliest start among them, epoch milliseconds. @defaultValue not known */
  readonly startedFrom?: number;
  /** Whether somebody still waits for a run. */
  readonly isWatched: (runId: string) => boolean;
  readonly onRun: OnRun;
}

/**
 * Reads the active runs, the latest start first, until every wanted one was there. What is left is not in the list, or
 * was skipped while pages shifted.
 * @returns the number of pages
 */
export async function readActive(list: ListRuns, search: Search): Promise<number> {
  const { wanted, mostPages, startedFrom = 0, isWatched, onRun } = search;
  let pages = 0;
  for (let pageToken: string | undefined; wanted.size > 0; ) {
    const page = await list({ only: 'active', ...after(pageToken) });
    pages++;
    for (const run of page.runs) if (wanted.delete(run.runId)) onRun(run);
    for (const runId of wanted) if (!isWatched(runId)) wanted.delete(runId);
    pageToken = page.nextPageToken;
    const start = page.runs.at(-1)?.startedAt?.getTime() ?? Number.POSITIVE_INFINITY;
    if (pageToken === undefined || pages >= mostPages || start < startedFrom) break;
  }
  return pages;
}

/** Looks for runs among those that ended last, for as long as a page saves more than one call. */
export async function findEnded(list: ListRuns, wanted: Set<string>, onRun: OnRun): Promise<void> {
  for (let pageToken: string | undefined; wanted.size > 1; ) {
    const page = await list({ only: 'completed', withTasks: true, ...after(pageToken) });
    const found = page.runs.filter(({ runId }) => wanted.delete(runId));
    for (const run of found) onRun(run);
    pageToken = page.nextPageToken;
    if (pageToken === undefined || found.length <= 1) break;
  }
}

function after(pageToken: string | undefined): Pick<RunQuery, 'pageToken'> {
  return pageToken === undefined ? {} : { pageToken };
}
