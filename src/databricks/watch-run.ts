import type { Clock } from '../core/clock.ts';
import { ConnectionError, type HermesError, RemoteError } from '../core/errors.ts';
import type { JobsApi } from './api.ts';
import type { Run } from './run.ts';
import { isKnownState, isTerminal, stateWord } from './run-state.ts';

export interface WatchOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** How often to ask, from the time that the watch has lasted. */
  readonly pace: PollingPace;
  /** Each time that something a person sees has changed, the first time included. */
  readonly onChange?: (run: Run) => void;
  /** A poll that failed, or a state that is not documented; the watch goes on. */
  readonly onTrouble?: (message: string) => void;
}

/** Milliseconds between two polls: a share of the time that the watch has lasted, within bounds. */
export interface PollingPace {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** For the embedded workspace: a short script is not kept waiting. */
export const localPace: PollingPace = { firstMs: 20, lastMs: 1000 };

/** For a real workspace: a cluster takes minutes, and polls are limited. @param periodSeconds the slowest pace */
export function remotePace(periodSeconds = 15): PollingPace {
  return { firstMs: 2000, lastMs: periodSeconds * 1000 };
}

const SHARE = 0.05;

/**
 * Waits until a run has ended and answers it. A poll that fails is tried again for as long as the watch lasts: the run
 * goes on whether or not we see it. Only refused credentials, or a run that is not there, end the watch.
 */
export async function watchRun(jobs: JobsApi, runId: string, options: WatchOptions): Promise<Run> {
  const startedAt = options.clock.now().getTime();
  let seen = '';
  let trouble = '';
  for (;;) {
    const run = await poll(jobs, runId, options);
    if (typeof run !== 'string') {
      const shown = picture(run);
      if (shown !== seen) options.onChange?.(run);
      seen = shown;
      if (isTerminal(run.state)) return run;
    }
    const message = typeof run === 'string' ? run : undocumented(run);
    if (message !== '' && message !== trouble) options.onTrouble?.(message);
    trouble = message;
    await options.clock.sleep(
      delayMs(options.clock.now().getTime() - startedAt, options.pace),
      options.signal,
    );
  }
}

/** The run, or why it could not be read this time. */
async function poll(jobs: JobsApi, runId: string, options: WatchOptions): Promise<Run | string> {
  try {
    return await jobs.getRun(runId, options.signal);
  } catch (error) {
    options.signal?.throwIfAborted();
    const passes = error instanceof RemoteError || (error instanceof ConnectionError && isSilence(error));
    if (!passes) throw error;
    return error.message;
  }
}

function isSilence(error: HermesError): boolean {
  return error.code === 'HERMES_DATABRICKS_UNREACHABLE';
}

function picture(run: Run): string {
  const { lifeCycle, result, message } = run.state;
  return [lifeCycle, result, message, run.pageUrl, ...run.tasks.map((task) => stateWord(task.state))].join(
    '|',
  );
}

function undocumented(run: Run): string {
  return isKnownState(run.state)
    ? ''
    : `run ${run.runId} is in state ${run.state.lifeCycle}, which Hermes does not know; it counts as still going`;
}

function delayMs(lastedMs: number, pace: PollingPace): number {
  return Math.min(pace.lastMs, Math.max(pace.firstMs, lastedMs * SHARE));
}
