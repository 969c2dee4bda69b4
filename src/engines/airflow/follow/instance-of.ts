import { finishedStates } from '../../local/record/run-record.ts';
import type { TaskInstance } from '../rest/task-instances.ts';
import { stateOf } from './task-of-instance.ts';

/**
 * The instance of a task. A mapped task has many: the first that is not over stands for them, else the first that failed,
 * from the beginning of the first to the end of the last.
 */
export function instanceOf(instances: readonly TaskInstance[], taskId: string): TaskInstance | undefined {
  const own = instances.filter((each) => each.taskId === taskId).sort((a, b) => a.mapIndex - b.mapIndex);
  const chosen =
    own.find((each) => !finishedStates.has(stateOf(each))) ??
    own.find((each) => stateOf(each) === 'failed') ??
    own.at(-1);
  if (chosen === undefined || own.length === 1) return chosen;
  return {
    ...chosen,
    queuedAt: earliest(own.map(({ queuedAt }) => queuedAt)),
    startedAt: earliest(own.map(({ startedAt }) => startedAt)),
    endedAt: finishedStates.has(stateOf(chosen)) ? latest(own.map(({ endedAt }) => endedAt)) : undefined,
  };
}

function inOrder(times: readonly (Date | undefined)[]): readonly Date[] {
  return times.filter((time) => time !== undefined).sort((a, b) => a.getTime() - b.getTime());
}

function earliest(times: readonly (Date | undefined)[]): Date | undefined {
  return inOrder(times)[0];
}

function latest(times: readonly (Date | undefined)[]): Date | undefined {
  return inOrder(times).at(-1);
}
