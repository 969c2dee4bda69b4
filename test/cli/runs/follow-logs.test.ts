import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { addedText, followLogs, lastLines } from '../../../src/cli/runs/follow-logs.ts';
import { localPace } from '../../../src/databricks/runs/polling-pace.ts';
import { memoryDatabricks } from '../../fakes/memory-databricks.ts';
import { swiftClock } from '../../fakes/swift-clock.ts';

const sink = () => ({
  clock: swiftClock(),
  pace: localPace,
  signal: new AbortController().signal,
  note: () => undefined,
});

describe('following a log', () => {
  it('prints each part once and stops at the end of the run', async () => {
    const { jobs } = memoryDatabricks();
    const runId = await jobs.submitRun({ tasks: [{ spark_python_task: { python_file: 'good.py' } }] });
    let printed = '';
    const write = (text: string): void => {
      printed += text;
    };
    await followLogs(jobs, runId, { ...sink(), write, isLive: true });
    assert.equal(printed, 'working\n');
  });

  it('says where the log comes only at the end, and shows it then', async () => {
    const { jobs } = memoryDatabricks();
    const runId = await jobs.submitRun({ tasks: [{ spark_python_task: { python_file: 'good.py' } }] });
    const said: string[] = [];
    const note = (text: string) => void said.push(text);
    const write = (text: string) => void said.push(`log: ${text}`);
    await followLogs(jobs, runId, { ...sink(), note, write, isLive: false });
    assert.deepEqual(said, [
      'Databricks hands out the log when the run has ended. Until then: http://127.0.0.1:1/jobs/1/runs/1001',
      'run 1001 is RUNNING',
      'log: working\n',
    ]);
  });

  it('finds what was added, also when the beginning is no longer there', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (old, kept, added) => {
        assert.equal(addedText(kept, kept + added), added);
        assert.ok((old + kept + added).endsWith(addedText(old + kept, kept + added)));
      }),
    );
    assert.equal(addedText('0123456789', '456789ab'), '456789ab');
    assert.equal(addedText(`x${'line\n'.repeat(2000)}`, `${'line\n'.repeat(1500)}end`), 'end');
  });

  it('takes the last lines, with or without a line end at the end', () => {
    assert.equal(lastLines('a\nb\nc\n', 2), 'b\nc');
    assert.equal(lastLines('a\nb\nc', 5), 'a\nb\nc');
  });
});
