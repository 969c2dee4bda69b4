import type { JsonObject } from '../../core/json.ts';
import { isTerminal, type LifeCycle } from './run-state.ts';

/** How far something is, and how it ended. */
interface Progress {
  readonly life: LifeCycle | null;
  readonly result: string | null;
  readonly message: string | null;
  readonly code: string | null;
  readonly kind: string | null;
}

// Why a run is QUEUED.
const ROOM = {
  code: 'ACTIVE_RUNS_LIMIT_REACHED',
  message: 'Waiting for a free place: the workspace runs as many tasks as it may.',
};
const HELD = {
  code: 'MAX_CONCURRENT_RUNS_REACHED',
  message: 'Waiting for another run of the job: as many as may are active.',
};

/** Both forms of a state: the older `state` and the newer `status`. `isHeld`: it waits for another run of its job. */
export function stateOf(progress: Progress, wasInterrupted: boolean, isHeld = false): JsonObject {
  const life = progress.life ?? 'PENDING';
  const waiting = isHeld ? HELD : ROOM;
  const isOver = isTerminal(life);
  return {
    state: {
      life_cycle_state: life,
      ...(isOver ? { result_state: progress.result } : {}),
      state_message: progress.message ?? (life === 'QUEUED' ? waiting.message : liveMessage(life)),
      user_cancelled_or_timedout: isOver && wasInterrupted && progress.result !== 'SUCCESS',
      ...(life === 'QUEUED' ? { queue_reason: waiting.message } : {}),
    },
    status: {
      state: isOver ? 'TERMINATED' : life === 'WAITING_FOR_RETRY' ? 'WAITING' : life,
      ...(isOver
        ? {
            termination_details: {
              code: progress.code,
              type: progress.kind,
              message: progress.message ?? '',
            },
          }
        : {}),
      ...(life === 'QUEUED' ? { queue_details: { ...waiting } } : {}),
    },
  };
}

function liveMessage(life: LifeCycle): string {
  switch (life) {
    case 'BLOCKED':
      return 'Waiting for the tasks before it.';
    case 'PENDING':
      return 'Waiting for cluster';
    case 'RUNNING':
      return 'In run';
    case 'TERMINATING':
      return 'Cleaning up';
    case 'WAITING_FOR_RETRY':
      return 'Waiting for the next attempt.';
    default:
      return '';
  }
}
