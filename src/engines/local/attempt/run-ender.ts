import { HermesError } from '../../../core/errors.ts';
import type { RunEnd } from '../record/run-record.ts';
import { LetGo } from './task-context.ts';
import { TimeLimitReached } from './time-limit.ts';

/** Code of the reason that a signal has when it was not Ctrl-C that aborted it: SIGTERM, which `runs cancel` sends. */
const TERMINATED = 'HERMES_TERMINATED';

/** Who ended a run, by the signal that did; undefined while it goes on, for a time limit, and for a loss of the workspace. */
export function runEnder({ aborted, reason }: AbortSignal): RunEnd | undefined {
  if (!aborted || reason instanceof TimeLimitReached || reason instanceof LetGo) return undefined;
  return reason instanceof HermesError && reason.code === TERMINATED ? 'canceled' : 'interrupted';
}
