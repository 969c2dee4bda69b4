import { ConnectionError, RemoteError } from '../../core/errors.ts';
import { jittered, pollDelayMs } from './polling-pace.ts';
import type { WatchState } from './watch-state.ts';
import { complain, giveUp, tell, type WatchedRun } from './watched-run.ts';

const POLLS_AT_ONCE = 16;

/** Whether a call that failed so may succeed later: the workspace is busy, or does not answer. */
export function mayPass(error: unknown): error is RemoteError | ConnectionError {
  const isSilence = error instanceof ConnectionError && error.code === 'HERMES_DATABRICKS_UNREACHABLE';
  return error instanceof RemoteError || isSilence;
}

/** So often the workspace has to say that a request is wrong before it is believed. */
const MOST_REFUSALS = 5;

/** An answer that says that the call itself is wrong: the next one will hardly be right. */
function isRefusal({ facts }: RemoteError | ConnectionError): boolean {
  const status = Number(facts.status ?? 0);
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

/** Polls, one by one, the runs that are due. @returns when the next one is, epoch milliseconds */
export function pollDue(
  state: WatchState,
  isWanted: (watched: WatchedRun) => boolean = () => true,
  atOnce: number = POLLS_AT_ONCE,
): number {
  const now = state.clock.now().getTime();
  let nextAt = Number.POSITIVE_INFINITY;
  for (const watched of state.runs.values()) {
    if (watched.poll !== undefined || !isWanted(watched)) continue;
    if (watched.pollAt > now) nextAt = Math.min(nextAt, watched.pollAt);
    // A poll that ends makes room for the next one.
    else if (state.polls < atOnce) void poll(state, watched);
  }
  return nextAt;
}

async function poll(state: WatchState, watched: WatchedRun): Promise<void> {
  const { clock, jobs, pace, runs } = state;
  const abort = new AbortController();
  watched.poll = abort;
  state.polls++;
  try {
    tell(watched, await jobs.getRun(watched.runId, abort.signal));
    watched.needsPoll = false;
    watched.refusals = 0;
  } catch (error) {
    if (!mayPass(error)) giveUp(watched, error);
    else {
      watched.refusals = isRefusal(error) ? watched.refusals + 1 : 0;
      if (watched.refusals < MOST_REFUSALS) complain(watched, error.message);
      else giveUp(watched, error);
    }
  } finally {
    watched.poll = undefined;
    state.polls--;
    const now = clock.now().getTime();
    watched.pollAt = now + jittered(pollDelayMs(now - watched.since, pace, runs.size));
    state.wake();
  }
}
