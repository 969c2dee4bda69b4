import { strict as assert } from 'node:assert';
import { secondsText, shortVersion } from '../../../src/cli/runs/run-lines.ts';
import { createProgress } from '../../../src/cli/runs/run-progress.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { runDag } from '../../../src/engines/local/run-dag.ts';
import {
  resolve,
  runRequest,
  surroundings,
  type TestTask,
  testBench,
  testDag,
} from '../../engines/local/engine-under-test.ts';

const TASKS: readonly TestTask[] = [
  ['clean', 'good'],
  ['report', 'raises', { dependsOn: ['clean'] }],
  ['publish', 'good', { dependsOn: ['report'] }],
];
const ROWS = [
  ['✓', 'clean', 'SUCCESS'],
  ['✗', 'report', 'FAILED'],
  ['✗', 'publish', 'UPSTREAM_FAILED'],
];
const frozen: Clock = { now: () => new Date('2026-01-01T00:00:12.400Z'), sleep: async () => undefined };

async function show(
  isLive: boolean,
  tasks = TASKS,
  height?: number,
): Promise<{ printed: string[]; drawn: string[]; objects: unknown[] }> {
  const output = { printed: [] as string[], drawn: [] as string[], objects: [] as unknown[] };
  const progress = createProgress(
    {
      style: (_style, text) => text,
      print: (line) => output.printed.push(line),
      object: (value) => output.objects.push(value),
      note: (line) => output.printed.push(line),
      ...(isLive ? { redraw: (text: string) => output.drawn.push(text) } : {}),
      ...(height === undefined ? {} : { height: () => height }),
    },
    frozen,
  );
  const bench = { ...testBench(), emit: progress.onEvent };
  await runDag(runRequest(testDag(tasks)), resolve, surroundings, bench);
  return output;
}

describe('the progress of a run', () => {
  it('is one line per change where nobody watches, and ends with what a person needs', async () => {
    const { printed } = await show(false);
    const lines = printed.map((line) => line.replace(/\s+\d+\.\ds/, ' 0.0s'));
    assert.deepEqual(lines, [
      'seattle · dev · team weather · run manual__1',
      '  pinned  observations/good 1.0.0 (latest, 3f1c2aa)  ·  observations/raises 1.0.0 (latest, 3f1c2aa)',
      '  … clean    PENDING     1.0.0 0.0s   http://127.0.0.1:1/jobs/1/runs/1001',
      '  … clean    RUNNING     1.0.0 0.0s   http://127.0.0.1:1/jobs/1/runs/1001',
      '  ✓ clean    SUCCESS     1.0.0 0.0s   http://127.0.0.1:1/jobs/1/runs/1001',
      '  … report   PENDING     1.0.0 0.0s   http://127.0.0.1:1/jobs/3/runs/1003',
      '  … report   RUNNING     1.0.0 0.0s   http://127.0.0.1:1/jobs/3/runs/1003',
      '  ✗ report   FAILED      1.0.0 0.0s   http://127.0.0.1:1/jobs/3/runs/1003',
      '  ✗ publish  UPSTREAM_FAILED  1.0.0',
      '  ✗ report   FAILED      1.0.0 0.0s   http://127.0.0.1:1/jobs/3/runs/1003',
      "      KeyError: 'tempMax'",
      '      Your script raised it. Last lines: hermes runs logs 1003 --tail 50',
      '      Try a fix from a branch:  hermes dag run dags/seattle.dag.yaml --set report.script_version=BRANCH',
      '3 tasks: 1 ok, 1 failed, 1 not run · 0.0s',
    ]);
  });

  it('is a table that is drawn again and again on a terminal', async () => {
    const { printed, drawn } = await show(true);
    assert.deepEqual(
      printed.slice(2, 5).map((row) => row.trim().split(/\s+/).slice(0, 3)),
      ROWS,
    );
    assert.equal(printed.length, 10);
    const last = drawn
      .at(-1)
      ?.split('\n')
      .map((row) => row.trim().split(/\s+/).slice(0, 3));
    assert.deepEqual(last, ROWS);
    assert.ok(drawn.some((table) => /⠋ clean\s+RUNNING/.test(table)));
  });

  it('keeps what moves in sight on a low terminal, and leaves the whole table at the end', async () => {
    const { printed, drawn } = await show(true, TASKS, 2);
    assert.ok(drawn.every((table) => table.split('\n').length === 2));
    assert.ok(drawn.some((table) => /^ {2}⠋ report .*\n {2}… 2 more tasks$/.test(table)));
    assert.deepEqual(
      printed.slice(2, 5).map((row) => row.trim().split(/\s+/).slice(0, 3)),
      ROWS,
    );
  });

  it('names the task of each failure when there are several', async () => {
    const both: readonly TestTask[] = [
      ['one', 'raises'],
      ['two', 'raises'],
    ];
    const { printed } = await show(false, both);
    const end = printed.slice(-9).map((line) => line.trim().split(/\s+/).slice(0, 2).join(' '));
    assert.deepEqual(
      [end[0], end[1], end[4], end[5]],
      ['✗ one', "KeyError: 'tempMax'", '✗ two', "KeyError: 'tempMax'"],
    );
  });

  it('leaves the row out where it was the last line, and never puts a reason under another task', async () => {
    const rowBefore = (printed: readonly string[]): string | undefined => {
      const at = printed.findIndex((line) => line.includes("KeyError: 'tempMax'"));
      return printed[at - 1]?.trim().split(/\s+/).slice(0, 3).join(' ');
    };
    const early = await show(false, [
      ['bad', 'raises'],
      ['good', 'good'],
    ]);
    assert.equal(rowBefore(early.printed), '✗ bad FAILED');
    const alone = await show(true, [['bad', 'raises']]);
    assert.equal(rowBefore(alone.printed), '✗ bad FAILED');
    assert.equal(alone.printed.filter((line) => line.includes('✗ bad')).length, 1);
  });

  it('says why a task waits for its next attempt, and when that comes', async () => {
    const tasks: readonly TestTask[] = [['bad', 'raises', { retries: 1, retryDelaySeconds: 300 }]];
    const { printed } = await show(false, tasks);
    const { drawn } = await show(true, tasks);
    const at = printed.findIndex((line) => line.startsWith('  ↻ bad'));
    assert.match(printed[at] ?? '', /^ {2}↻ bad {2}RETRY /);
    const next = 'Attempt 1 of 2; the next one in';
    const logs = 'Last lines: hermes runs logs 1001 --tail 50';
    assert.equal(printed[at + 1], "      KeyError: 'tempMax'");
    assert.ok(printed[at + 2]?.startsWith(`      ${next} `) && printed[at + 2]?.endsWith(`. ${logs}`));
    assert.ok(drawn.some((table) => table.includes(`KeyError: 'tempMax'\n      ${next}`)));
  });

  it('tells why a run succeeded although tasks of it failed', async () => {
    const { printed } = await show(false, [
      ['bad', 'raises'],
      ['clean', 'good', { dependsOn: ['bad'], triggerRule: 'all_done' }],
    ]);
    assert.match(printed.at(-2) ?? '', /^2 tasks: 1 ok, 1 failed · /);
    assert.equal(printed.at(-1), 'Counts as success: its last tasks succeeded, as in Airflow.');
  });

  it('gives programs every event, each state once', async () => {
    const { objects } = await show(false);
    const events = objects as {
      event: string;
      task?: string;
      state?: string;
      remoteState?: string;
      url?: string;
    }[];
    assert.deepEqual(
      [events[0]?.event, events.at(-1)?.event, events.at(-1)?.state],
      ['started', 'ended', 'failed'],
    );
    const clean = events
      .filter(({ task }) => task === 'clean')
      .map(({ state, remoteState }) => [state, remoteState]);
    assert.deepEqual(clean, [
      ['queued', undefined],
      ['running', undefined],
      ['running', 'PENDING'],
      ['running', 'RUNNING'],
      ['success', 'SUCCESS'],
    ]);
  });

  it('shortens what only machines need', () => {
    assert.equal(shortVersion('1.5.0+feature.new.column.h1f0c9d2e.g3f1c2aa0'), '1.5.0+feature.new.column');
    assert.deepEqual([4200, 99_949, 125_000, 3_725_000].map(secondsText), [
      '4.2s',
      '99.9s',
      '2m 05s',
      '1h 02m',
    ]);
  });
});
