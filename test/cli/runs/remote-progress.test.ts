import { strict as assert } from 'node:assert';
import type { FailedTask } from '../../../src/cli/runs/remote-lines.ts';
import { createRemoteProgress, type RemoteEvent } from '../../../src/cli/runs/remote-progress.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { Run, RunState, TaskRun } from '../../../src/databricks/runs/run.ts';

const START = new Date('2026-01-01T00:00:00Z');
const clock: Clock = { now: () => new Date('2026-01-01T00:00:12.400Z'), sleep: async () => undefined };
const going = (lifeCycle: string): RunState => ({ lifeCycle, message: '' });
const ended = (result: string): RunState => ({ lifeCycle: 'TERMINATED', result, message: '' });
const task = (taskKey: string, state: RunState, more: Partial<TaskRun> = {}): TaskRun => ({
  runId: '1208',
  taskKey,
  attempt: 0,
  state,
  startedAt: START,
  ...more,
});
const runOf = (state: RunState, ...tasks: TaskRun[]): Run => ({
  runId: '1207',
  jobId: '41',
  name: 'seattle.clean',
  creator: 'ada@example.com',
  state,
  pageUrl: 'https://h/jobs/41/runs/1207',
  startedAt: START,
  tasks,
});
const failure: FailedTask = {
  taskKey: 'clean',
  runId: '1208',
  cause: 'user_code',
  actor: 'user',
  message: "KeyError: '\u001b[31mtempMax'",
  advice: 'Your script raised it.',
  errorTrace:
    'Traceback (most recent call last):\n  File "/s/clean.py", line 4, in f\n    g()\nKeyError: 1\n',
};

function show(events: readonly RemoteEvent[], isLive = false) {
  const output = {
    printed: [] as string[],
    drawn: [] as string[],
    objects: [] as unknown[],
    noted: [] as string[],
  };
  const progress = createRemoteProgress(
    {
      style: (_style, text) => text,
      print: (line) => void output.printed.push(line),
      object: (value) => void output.objects.push(value),
      note: (line) => void output.noted.push(line),
      ...(isLive ? { redraw: (text: string) => void output.drawn.push(text) } : {}),
    },
    clock,
  );
  for (const event of events) progress.onEvent(event);
  return output;
}

describe('the progress of a Databricks run', () => {
  it('is its link at once, one line per change, and at the end the error and who acts', () => {
    const last = runOf(ended('FAILED'), task('clean', ended('FAILED')));
    const { printed, noted } = show([
      { type: 'run', run: runOf(going('QUEUED'), task('clean', going('QUEUED'))) },
      { type: 'run', run: runOf(going('RUNNING'), task('clean', going('RUNNING'))) },
      { type: 'run', run: runOf(going('RUNNING'), task('clean', going('RUNNING'))) },
      { type: 'note', message: 'no answer' },
      { type: 'run', run: last },
      { type: 'ended', run: last, failed: [failure] },
    ]);
    assert.deepEqual(printed, [
      'seattle.clean · run 1207 · by ada@example.com',
      '  https://h/jobs/41/runs/1207',
      '  … clean  QUEUED        12.4s',
      '  … clean  RUNNING       12.4s',
      '  ✗ clean  FAILED        12.4s',
      "      KeyError: 'tempMax'    clean.py:4 in f",
      '        g()',
      '      Your script raised it. Last lines: hermes runs logs 1207 --tail 50',
      'FAILED · 12.4s',
      'Repeat it as it was:  hermes runs rerun 1207',
    ]);
    assert.deepEqual(noted, ['no answer']);
  });

  it('names the log of one task among several by its own run, and the place of a longer error below it', () => {
    const last = runOf(ended('FAILED'), task('clean', ended('FAILED')), task('report', ended('SUCCESS')));
    const failed = [{ ...failure, message: 'ValueError: boom\nsecond\n' }];
    const { printed } = show([{ type: 'ended', run: last, failed }]);
    assert.deepEqual(printed.slice(3, 8), [
      '      ValueError: boom',
      '      second',
      '      clean.py:4 in f',
      '        g()',
      '      Your script raised it. Last lines: hermes runs logs 1208 --tail 50',
    ]);
  });

  it('shows attempts, tasks that wait, and states that nobody knows as still going', () => {
    const { printed } = show([
      {
        type: 'run',
        run: runOf(
          going('RUNNING'),
          task('clean', going('DREAMING'), { attempt: 1 }),
          task('report', going('BLOCKED')),
        ),
      },
    ]);
    assert.deepEqual(printed.slice(2), [
      '  … clean   DREAMING      12.4s  attempt 2',
      '  · report  BLOCKED       12.4s',
    ]);
  });

  it('is drawn again and again on a terminal, and stays at the end', () => {
    const last = runOf(ended('SUCCESS'), task('clean', ended('SUCCESS')));
    const { printed, drawn } = show(
      [
        { type: 'run', run: runOf(going('RUNNING'), task('clean', going('RUNNING'))) },
        { type: 'run', run: last },
        { type: 'ended', run: last, failed: [] },
      ],
      true,
    );
    assert.deepEqual(drawn, ['  ⠋ clean  RUNNING       12.4s', '  ✓ clean  SUCCESS       12.4s']);
    assert.deepEqual(printed.slice(2), ['  ✓ clean  SUCCESS       12.4s', 'SUCCESS · 12.4s']);
  });

  it('is objects for programs, and shows nothing that a terminal would obey', () => {
    const run = { ...runOf(going('RUNNING'), task('clean\u001b[2J', going('RUNNING'))), name: 'a\u202eb' };
    const { printed, objects } = show([{ type: 'run', run }]);
    assert.deepEqual(
      [printed[0], printed[2]?.includes('\u001b')],
      ['a<U+202E>b · run 1207 · by ada@example.com', false],
    );
    assert.deepEqual(objects, [
      {
        event: 'run',
        runId: '1207',
        jobId: '41',
        name: 'a\u202eb',
        creator: 'ada@example.com',
        state: 'RUNNING',
        lifeCycle: 'RUNNING',
        result: undefined,
        message: '',
        url: 'https://h/jobs/41/runs/1207',
        startedAt: '2026-01-01T00:00:00.000Z',
        endedAt: undefined,
        tasks: [
          { task: 'clean\u001b[2J', runId: '1208', attempt: 1, state: 'RUNNING', clusterId: undefined },
        ],
      },
    ]);
  });
});
