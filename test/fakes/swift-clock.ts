import type { Clock } from '../../src/core/clock.ts';

/** A clock whose waits take no time: it jumps to the earliest wake-up once nothing else is going on. */
export function swiftClock(start = '2026-01-01T00:00:00Z'): Clock {
  let now = new Date(start).getTime();
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  let pumping = false;

  const pump = async (): Promise<void> => {
    pumping = true;
    while (sleepers.length > 0) {
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      const next = sleepers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) continue;
      sleepers = sleepers.filter((each) => each !== next);
      now = Math.max(now, next.at);
      next.wake();
    }
    pumping = false;
  };

  return {
    now: () => new Date(now),
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const sleeper = { at: now + milliseconds, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener(
          'abort',
          () => {
            sleepers = sleepers.filter((each) => each !== sleeper);
            reject(signal.reason);
          },
          { once: true },
        );
        if (!pumping) void pump();
      }),
  };
}
