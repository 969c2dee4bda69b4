import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tableFlow } from '../../src/dag/task-tables.ts';

describe('the tables that flow from task to task', () => {
  it('reach exactly the tasks that come after their writer, in any graph, circles included', () => {
    const few = fc.nat(5);
    const task = fc.record({
      upstream: fc.uniqueArray(few, { maxLength: 3 }),
      inputs: fc.uniqueArray(few),
      outputs: fc.uniqueArray(few),
    });
    fc.assert(
      fc.property(fc.array(task, { minLength: 1, maxLength: 6 }), (raw) => {
        const tasks = raw.map(({ upstream, inputs, outputs }, index) => ({
          taskId: String(index),
          upstream: new Set(upstream.map(String)),
          tables: { inputs: inputs.map(String), outputs: outputs.map(String) },
        }));
        // Warshall's closure, as a second opinion.
        const before = new Set(
          tasks.flatMap(({ taskId, upstream }) => [...upstream].map((id) => `${id} ${taskId}`)),
        );
        for (const via of tasks.keys())
          for (const from of tasks.keys())
            for (const to of tasks.keys())
              if (before.has(`${from} ${via}`) && before.has(`${via} ${to}`)) before.add(`${from} ${to}`);
        const flow = tableFlow(tasks);
        for (const reader of tasks) {
          const expected = reader.tables.inputs.filter((input) =>
            tasks.some(
              ({ taskId, tables }) =>
                tables.outputs.includes(input) && before.has(`${taskId} ${reader.taskId}`),
            ),
          );
          assert.deepEqual([...flow.inputsWrittenBefore(reader)], expected);
        }
      }),
    );
  });
});
