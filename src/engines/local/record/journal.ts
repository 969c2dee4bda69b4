import { stringifyJson } from '../../../core/json.ts';
import type { RunEvent } from './run-event.ts';
import type { RunRecord, TaskRecord } from './run-record.ts';
import type { RunStore } from './run-store.ts';

/** The record of the run in hand: every change is on disk before anyone acts on it or hears of it. */
export interface Journal {
  readonly record: RunRecord;
  task(taskId: string): TaskRecord;
  changeTask(taskId: string, change: (task: TaskRecord) => TaskRecord): Promise<void>;
  changeRun(change: (record: RunRecord) => RunRecord): Promise<void>;
}

export function openJournal(initial: RunRecord, store: RunStore, emit: (event: RunEvent) => void): Journal {
  let record = initial;
  const save = oneAtATime(() => store.write(record));
  const change = (next: (record: RunRecord) => RunRecord): Promise<void> => {
    record = next(record);
    return save();
  };
  const task = (taskId: string): TaskRecord => {
    const found = record.tasks.find((each) => each.taskId === taskId);
    if (found === undefined) throw new Error(`the record has no task ${taskId}`);
    return found;
  };

  return {
    get record() {
      return record;
    },
    task,
    changeRun: change,
    changeTask: async (taskId, changeOne) => {
      const before = stringifyJson(task(taskId));
      const written = change((current) => ({
        ...current,
        tasks: current.tasks.map((each) => (each.taskId === taskId ? changeOne(each) : each)),
      }));
      const event: RunEvent = { type: 'task', task: task(taskId), record };
      await written;
      if (stringifyJson(event.task) !== before) emit(event);
    },
  };
}

/**
 * Writes go one after the other, each with the newest state, so that an older one never lands last. Changes that come
 * while a write is under way share the next one: a record of a thousand tasks is not written for each of them.
 */
function oneAtATime(write: () => Promise<void>): () => Promise<void> {
  let going: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    next = undefined;
    going = write();
    return going;
  };
  return () => {
    next ??= going.then(begin, begin);
    return next;
  };
}
