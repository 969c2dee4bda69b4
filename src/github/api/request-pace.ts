import type { Clock } from '../../core/clock.ts';

/** How fast requests leave. The defaults are GitHub's own advice. */
export interface Pace {
  /**
   * Reads under way at once. GitHub allows 100 requests of any kind
   * (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits).
   */
  readonly readsAtOnce: number;
  /** Writes that may follow each other at once; those of one repository do. */
  readonly writesInARow: number;
  /**
   * From then on each write waits so long after the one before: "at least one second between each request"
   * (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
   */
  readonly writePeriodMs: number;
}

export const GITHUB_PACE: Pace = { readsAtOnce: 50, writesInARow: 20, writePeriodMs: 1_000 };

/** Lets work through at the pace of its kind. */
export interface Gate {
  /** @throws the signal's reason when it is aborted before the turn comes */
  pass<T>(isWrite: boolean, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /**
   * Lets nothing through for a while.
   * @returns whether that is longer than it was going to be closed anyway
   */
  hold(milliseconds: number): boolean;
}

/** A gate with the given pace: reads side by side up to a limit, writes one after the other. */
export function openGate(pace: Pace, clock: Clock): Gate {
  const reads = createQueue(pace.readsAtOnce);
  const writes = createQueue(1);
  const paced = createWritePace(pace, clock);
  let closedUntil = 0;
  const opened = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const waitMs = closedUntil - clock.now().getTime();
      if (waitMs <= 0) return;
      await clock.sleep(waitMs, signal);
    }
  };
  return {
    pass: (isWrite, signal, work) =>
      (isWrite ? writes : reads)(signal, async () => {
        await opened(signal);
        if (isWrite) await paced(signal);
        return work();
      }),
    hold: (milliseconds) => {
      const until = clock.now().getTime() + milliseconds;
      // Requests that are refused together ask for the same wait.
      const isLonger = until > closedUntil + 1_000;
      closedUntil = Math.max(closedUntil, until);
      return isLonger;
    },
  };
}

/** A bucket that fills by one write in each period. */
function createWritePace({ writesInARow, writePeriodMs }: Pace, clock: Clock) {
  let freeAt = Number.NEGATIVE_INFINITY;
  return async (signal: AbortSignal): Promise<void> => {
    const now = clock.now().getTime();
    const waitMs = freeAt - (writesInARow - 1) * writePeriodMs - now;
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    freeAt = Math.max(freeAt, clock.now().getTime()) + writePeriodMs;
  };
}

type Queue = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

function createQueue(atOnce: number): Queue {
  let running = 0;
  const waiting: (() => void)[] = [];
  const enter = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (running < atOnce) {
        running += 1;
        return resolve();
      }
      const turn = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(turn), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(turn);
    });
  return async (signal, work) => {
    await enter(signal);
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
