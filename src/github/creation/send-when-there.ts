import { requestFailure } from '../api/request-failure.ts';
import type { Target } from './creation-step.ts';

/** Seconds between looks at a repository that was just made. */
const LOOKS = [1, 1, 2, 3, 5, 8, 10, 15, 15];

/**
 * Sends what GitHub refuses while the repository that it made is still empty behind the scenes: 409 "Git Repository is
 * empty." of git data, 404 "Branch not found" and 422 "Reference does not exist" of a branch that is not there yet.
 */
export async function sendWhenThere<T>({ clock, signal }: Target, send: () => Promise<T>): Promise<T> {
  for (let look = 0; ; look += 1) {
    try {
      return await send();
    } catch (error) {
      const seconds = LOOKS[look];
      if (seconds === undefined || !isNotThereYet(error)) throw error;
      await clock.sleep(seconds * 1000, signal);
    }
  }
}

function isNotThereYet(error: unknown): boolean {
  const failure = requestFailure(error);
  if (failure === undefined) return false;
  const { status, message } = failure;
  return status === 409 || /repository is empty|branch not found|reference does not exist/i.test(message);
}
