import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { RemoteError } from '../../../core/errors.ts';
import { readInstance, writeInstance } from './instance-state.ts';
import { endSessions, sessionMembers } from './process-session.ts';
import { waitForLock } from './wait-for-lock.ts';

/**
 * Stops the Airflow of a folder and everything that its processes started. Its database and its port stay.
 * Answers whether anything was there to stop.
 * @throws RemoteError when a process cannot be ended
 */
export async function stopAirflow(
  folder: string,
  options: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const lock = await waitForLock(join(folder, 'up.lock'), options, () => undefined);
  try {
    const state = readInstance(folder);
    if (state === undefined || state.processes.length === 0) return false;
    const wasThere = state.processes.some((each) => sessionMembers(each).length > 0);
    const left = await endSessions(state.processes, options.clock);
    if (left.length > 0)
      throw new RemoteError('Cannot stop Airflow: processes of it are still there.', {
        code: 'HERMES_AIRFLOW_STOP',
        facts: { pids: left.join(' ') },
        nextStep: 'Try again: hermes airflow down',
      });
    writeInstance(folder, { ...state, processes: [] });
    return wasThere;
  } finally {
    lock.release();
  }
}
