import { printable } from '../core/printable.ts';
import { isAlive } from '../engines/local/driver-process.ts';
import { lastAttempt, type RunRecord, type TaskRecord } from '../engines/local/run-record.ts';
import type { Cli } from './cli.ts';
import { findRecord } from './find-run.ts';
import { runObject } from './run-json.ts';
import { failureLines, headLine, summaryLine, taskLine } from './run-lines.ts';

/** Prints one recorded run: tasks, pins, attempts, failures. */
export async function showRun(cli: Cli, reference: string): Promise<void> {
  const { record } = await findRecord(cli, reference);
  cli.object(runObject(record));
  show(cli, record);
}

function show(cli: Cli, record: RunRecord): void {
  const style = cli.style.bind(cli);
  const now = cli.clock.now();
  cli.print(headLine(record, style));
  cli.print(`  started ${record.startedAt}  from ${record.source}  for ${record.logicalDate}`);
  for (const task of record.tasks) {
    cli.print(taskLine(record, task, now, style));
    for (const line of [...pinLines(task), ...attemptLines(task)]) cli.print(`      ${line}`);
    for (const line of failureLines(record, task, style)) cli.print(line);
  }
  cli.print(summaryLine(record, now));
  if (record.state === 'running' && !isAlive(record.driver))
    cli.print(`The command that drove it is gone. Go on with it: hermes dag run --resume ${record.runId}`);
}

function pinLines({ pin }: TaskRecord): readonly string[] {
  const wheel =
    pin.wheelUrl === undefined ? [] : [`wheel   ${pin.wheelUrl}  sha256 ${pin.wheelSha256?.slice(0, 12)}`];
  return [`script  ${pin.scriptUrl}  sha256 ${pin.scriptSha256.slice(0, 12)}`, ...wheel];
}

/** Earlier attempts; the last one is the row of the task. */
function attemptLines(task: TaskRecord): readonly string[] {
  return task.attempts
    .filter((attempt) => attempt !== lastAttempt(task))
    .map((attempt) =>
      `attempt ${attempt.number}  ${printable(attempt.error?.message ?? '')}  ${attempt.pageUrl ?? ''}`.trimEnd(),
    );
}
