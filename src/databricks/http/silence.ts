import type { Clock } from '../../core/clock.ts';
import type { Attempt } from './retry.ts';

/** How long somebody waits before hearing what for. */
const SILENCE_MS = 3000;

/** One call, for those who wait for it. */
interface CallSilence {
  /** An attempt goes out; before that, a call waits for its turn and not for the workspace. */
  sent(): void;
  /** What came of an attempt; undefined when it succeeded. */
  heard(attempt?: Attempt): void;
  /** Answers what the work answers, and speaks up when that takes long. */
  during<T>(work: Promise<T>): Promise<T>;
}

/**
 * Tells whoever waits that a workspace does not answer: once, until it does.
 * @param say Hears one line for people; without it no timer runs.
 * @returns what watches over one call
 */
export function createSilence(
  host: string,
  clock: Clock,
  say: ((message: string) => void) | undefined,
): () => CallSilence {
  let isSaid = false;
  return () => {
    let isOut = false;
    let last: Attempt | undefined;
    const speak = (): void => {
      if (!isOut || isSaid) return;
      isSaid = true;
      say?.(wordsFor(host, last));
    };
    return {
      sent: () => {
        isOut = true;
      },
      heard: (attempt) => {
        last = attempt;
        if (attempt === undefined) isSaid = false;
      },
      during: async (work) => {
        if (say === undefined) return work;
        const timer = new AbortController();
        clock.sleep(SILENCE_MS, timer.signal).then(speak, () => undefined);
        try {
          return await work;
        } finally {
          timer.abort();
        }
      },
    };
  };
}

function wordsFor(host: string, last: Attempt | undefined): string {
  if (last?.failure !== undefined)
    return `${host} does not take the call for the moment (status ${last.failure.status}); trying again.`;
  const why = last?.network === undefined ? '' : ` (${last.network})`;
  return `No answer yet from ${host}${why}; still trying.`;
}
