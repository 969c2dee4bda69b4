import type { Clock } from '../../core/clock.ts';

/** A clock that stands still until somebody moves it. */
export interface SteeredClock extends Clock {
  /** Lets time pass. Who waits is woken in the order of the waits' ends, each at its own time. */
  advance(milliseconds: number): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function steeredClock(start: Date): SteeredClock {
  let now = start.getTime();
  let moving = Promise.resolve();
  const sleepers = new Set<Sleeper>();
  const move = async (milliseconds: number): Promise<void> => {
    const end = now + milliseconds;
    for (;;) {
      const next = earliest(sleepers);
      if (next === undefined || next.at > end) break;
      sleepers.delete(next);
      now = Math.max(now, next.at);
      next.wake();
      await turn();
    }
    now = end;
  };
  return {
    now: () => new Date(now),
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        if (milliseconds <= 0) return resolve();
        const give = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = (): void => {
          signal?.removeEventListener('abort', give);
          resolve();
        };
        const sleeper = { at: now + milliseconds, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', give, { once: true });
      }),
    advance: (milliseconds) => {
      moving = moving.then(() => move(milliseconds));
      return moving;
    },
  };
}

function earliest(sleepers: ReadonlySet<Sleeper>): Sleeper | undefined {
  let found: Sleeper | undefined;
  for (const sleeper of sleepers) if (found === undefined || sleeper.at < found.at) found = sleeper;
  return found;
}

/** Lets what was woken go on as far as it goes by itself, so that its own waits count from its own time. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
