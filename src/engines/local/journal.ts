import { stringifyJson } from '../../core/json.ts';
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
  let writing: Promise<void> = Promise.resolve();

  // Writes go one after the other, each with the newest state, so that an older one never lands last.
  const change = (next: (record: RunRecord) => RunRecord): Promise<void> => {
    record = next(record);
    writing = writing.then(() => store.write(record));
    return writing;
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
