import { strict as assert } from 'node:assert';
import { openJournal } from '../../../src/engines/local/record/journal.ts';
import type { RunRecord } from '../../../src/engines/local/record/run-record.ts';
import type { RunStore } from '../../../src/engines/local/record/run-store.ts';

describe('the journal of a run', () => {
  const record = { tasks: ['a', 'b', 'c'].map((taskId) => ({ taskId, state: 'none', attempts: [] })) };
  const slowDisk = (outcome: (write: number) => Promise<void>) => {
    const written: string[] = [];
    const store = {
      write: async ({ tasks }: RunRecord) => {
        written.push(tasks.map(({ state }) => state).join(' '));
        await outcome(written.length);
      },
    } as unknown as RunStore;
    return { written, store };
  };
  const queue = (journal: ReturnType<typeof openJournal>, taskId: string) =>
    journal.changeTask(taskId, (task) => ({ ...task, state: 'queued' }));

  it('has every change on disk before its promise is kept, and shares writes between changes', async () => {
    let done = 0;
    const { written, store } = slowDisk(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done++;
    });
    const told: string[] = [];
    const journal = openJournal(record as unknown as RunRecord, store, (event) => {
      if (event.type === 'task') told.push(`${event.task.taskId} after ${done}`);
    });
    const first = queue(journal, 'a');
    await Promise.resolve();
    await Promise.all([first, queue(journal, 'b'), queue(journal, 'c')]);
    assert.deepEqual(written, ['queued none none', 'queued queued queued']);
    assert.deepEqual(told, ['a after 1', 'b after 2', 'c after 2']);
  });

  it('tells who made a change that it could not be written, and writes the next one', async () => {
    const { written, store } = slowDisk(async (write) => {
      if (write === 1) throw new Error('disk full');
    });
    const journal = openJournal(record as unknown as RunRecord, store, () => undefined);
    await assert.rejects(queue(journal, 'a'), { message: 'disk full' });
    await queue(journal, 'b');
    assert.equal(written.at(-1), 'queued queued none');
  });
});
