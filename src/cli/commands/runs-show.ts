import type { Command } from 'commander';
import { lastAttempt, type RunRecord, type TaskRecord } from '../../engines/local/run-record.ts';
import type { Cli } from '../cli.ts';
import { findRecord, RUN_ARGUMENT } from '../find-run.ts';
import { runObject } from '../run-json.ts';
import { failureLines, headLine, summaryLine, taskLine } from '../run-lines.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[run]', RUN_ARGUMENT, 'last')
    .addHelpText('after', '\nExamples:\n  hermes runs show\n  hermes runs show 1208')
    .action(async (reference: string) => {
      const world = cli();
      const { record } = await findRecord(world, reference);
      world.object(runObject(record));
      show(world, record);
    });
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
      `attempt ${attempt.number}  ${attempt.error?.message ?? ''}  ${attempt.pageUrl ?? ''}`.trimEnd(),
    );
}
