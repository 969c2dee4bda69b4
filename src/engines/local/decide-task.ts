import type { TriggerRule } from '../../dag/task.ts';
import { finishedStates, type TaskState } from './record/run-record.ts';

/** What to do with a task that waits. */
export type Decision = 'run' | 'wait' | 'skipped' | 'upstream_failed';

interface Tally {
  readonly total: number;
  readonly success: number;
  readonly skipped: number;
  /** failed and upstream_failed. */
  readonly failed: number;
  readonly done: number;
}

/**
 * Decides about a task from the states of the tasks directly before it, as Airflow does
 * (https://github.com/apache/airflow/blob/main/airflow-core/src/airflow/ti_deps/deps/trigger_rule_dep.py).
 * A task with nothing before it runs.
 */
export function decideTask(rule: TriggerRule, upstream: readonly TaskState[]): Decision {
  if (upstream.length === 0 || rule === 'always') return 'run';
  const tally = count(upstream);
  return ended(rule, tally) ?? (ready(rule, tally) ? 'run' : 'wait');
}

function count(states: readonly TaskState[]): Tally {
  const number = (...wanted: readonly TaskState[]) => states.filter((state) => wanted.includes(state)).length;
  return {
    total: states.length,
    success: number('success'),
    skipped: number('skipped'),
    failed: number('failed', 'upstream_failed'),
    done: states.filter((state) => finishedStates.has(state)).length,
  };
}

/** The state that the task takes without running, once its rule cannot be met any more. */
function ended(rule: TriggerRule, tally: Tally): 'skipped' | 'upstream_failed' | undefined {
  const { total, success, skipped, failed, done } = tally;
  const allDone = done === total;
  switch (rule) {
    case 'all_success':
      return failed > 0 ? 'upstream_failed' : skipped > 0 ? 'skipped' : undefined;
    case 'all_failed':
      return success > 0 || skipped > 0 ? 'skipped' : undefined;
    case 'one_success':
      if (!allDone || success > 0) return undefined;
      return skipped === total ? 'skipped' : 'upstream_failed';
    case 'one_failed':
      return allDone && failed === 0 ? 'skipped' : undefined;
    case 'one_done':
      return allDone && skipped === total ? 'skipped' : undefined;
    case 'none_failed':
      return failed > 0 ? 'upstream_failed' : undefined;
    case 'none_failed_min_one_success':
      return failed > 0 ? 'upstream_failed' : skipped === total ? 'skipped' : undefined;
    case 'none_skipped':
      return skipped > 0 ? 'skipped' : undefined;
    case 'all_skipped':
      return success > 0 || failed > 0 ? 'skipped' : undefined;
    default:
      return undefined;
  }
}

function ready(rule: TriggerRule, tally: Tally): boolean {
  const { total, success, failed, done } = tally;
  if (rule === 'one_success') return success > 0;
  if (rule === 'one_failed') return failed > 0;
  if (rule === 'one_done') return success + failed > 0;
  return done === total;
}
