import { setTimeout as delay } from 'node:timers/promises';

/** Where waiting and the time of day come from; tests pass one that they move by hand. */
export interface Clock {
  now(): Date;
  /** Resolves after the wait, rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (milliseconds, signal) => {
    try {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : error;
    }
  },
};
