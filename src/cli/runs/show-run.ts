import { printable, printableLine } from '../../core/printable.ts';
import { isTerminal } from '../../databricks/runs/run-state.ts';
import { isAlive } from '../../engines/local/record/driver-process.ts';
import { lastAttempt, type RunRecord, type TaskRecord } from '../../engines/local/record/run-record.ts';
import type { Cli } from '../cli.ts';
import { explainRemote } from './explain-remote.ts';
import { type ForeignRun, type RunChoice, resolveRun } from './find-run.ts';
import { failedLines, remoteHead, remoteRows, remoteSummary } from './remote-lines.ts';
import { remoteRunObject } from './remote-progress.ts';
import { runObject } from './run-json.ts';
import { endLines, failureLines, headLine, taskLine } from './run-lines.ts';

/** Prints one run: of this machine's record tasks, pins, attempts, failures; of another what the workspace tells. */
export async function showRun(cli: Cli, text: string, choice: RunChoice): Promise<void> {
  const found = await resolveRun(cli, text, choice);
  if (found.kind === 'foreign') return showForeign(cli, found);
  cli.object(runObject(found.record));
  if (cli.quiet) cli.result(found.record.runId);
  show(cli, found.record);
}

async function showForeign(cli: Cli, { link, runId }: ForeignRun): Promise<void> {
  const { jobs } = link.databricks;
  const run = await jobs.getRun(runId, cli.signal);
  const failed = isTerminal(run.state) ? await explainRemote(jobs, run, cli.signal) : [];
  cli.object({ ...remoteRunObject(run), failed });
  if (cli.quiet) cli.result(runId);
  const style = cli.style.bind(cli);
  const rows = remoteRows(run, cli.clock.now(), style);
  cli.print(remoteHead(run, style));
  cli.print(`  ${run.pageUrl}`);
  if (run.startedAt !== undefined) cli.print(`  started ${run.startedAt.toISOString()}`);
  for (const [index, row] of rows.entries()) {
    const task = run.tasks[index];
    cli.print(row);
    if (task !== undefined)
      cli.print(
        `      run ${task.runId}${task.clusterId === undefined ? '' : `  cluster ${printableLine(task.clusterId)}`}`,
      );
    for (const each of failed.filter(({ taskKey }) => taskKey === (task?.taskKey ?? '')))
      for (const line of failedLines(run, each, style)) cli.print(line);
  }
  cli.print(remoteSummary(run, cli.clock.now(), style));
}

function show(cli: Cli, record: RunRecord): void {
  const style = cli.style.bind(cli);
  const now = cli.clock.now();
  cli.print(headLine(record, style));
  cli.print(`  started ${record.startedAt}  from ${record.source}  for ${record.logicalDate}`);
  if (record.rerunOf !== undefined) cli.print(`  repeats ${record.rerunOf.runId}`);
  for (const task of record.tasks) {
    cli.print(taskLine(record, task, now, style));
    for (const line of [...pinLines(task), ...attemptLines(task)]) cli.print(`      ${line}`);
    for (const line of failureLines(record, task, now, style)) cli.print(line);
  }
  for (const line of endLines(record, now)) cli.print(line);
  if (record.state === 'running' && !isAlive(record.driver))
    cli.print(`The command that drove it is gone. Go on with it: hermes dag run --resume ${record.runId}`);
}

/** What the task was pinned to: its artifacts, and the revision of its policy. */
function pinLines({ pin, policy }: TaskRecord): readonly string[] {
  const files = [
    ['script', pin?.scriptUrl, pin?.scriptSha256],
    ['wheel', pin?.wheelUrl, pin?.wheelSha256],
    ['policy', policy?.name, policy?.sha256],
  ] as const;
  return files.flatMap(([kind, name, sha256]) =>
    name === undefined ? [] : [`${kind.padEnd(6)}  ${name}  sha256 ${sha256?.slice(0, 12)}`],
  );
}

/** Earlier attempts; the last one is the row of the task. */
function attemptLines(task: TaskRecord): readonly string[] {
  return task.attempts
    .filter((attempt) => attempt !== lastAttempt(task))
    .flatMap(({ number, error, pageUrl = '' }) => {
      const [first = '', ...others] = printable(error?.message ?? '').split('\n');
      const label = `attempt ${number}  `;
      return [
        `${label}${first}  ${pageUrl}`.trimEnd(),
        ...others.map((line) => `${' '.repeat(label.length)}${line}`),
      ];
    });
}
