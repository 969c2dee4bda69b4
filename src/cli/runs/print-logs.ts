import type { Run, RunOutput } from '../../databricks/runs/run.ts';
import { isSuccess, isTerminal, stateWord } from '../../databricks/runs/run-state.ts';
import { isLoopback } from '../../databricks/sign-in/connection.ts';
import { openRunStore } from '../../engines/local/record/run-store.ts';
import type { Cli } from '../cli.ts';
import type { WorkspaceLink } from '../connect-workspace.ts';
import { findRemoteRun, outputTask, type RemoteRun } from './find-run.ts';
import { followAttempts } from './follow-attempts.ts';
import { followLogs, lastLines } from './follow-logs.ts';

/** Options of `hermes runs logs`. */
export interface RunsLogsOptions {
  readonly env?: string;
  readonly task?: string;
  readonly tail?: number;
  readonly follow?: true;
  readonly error?: true;
}

/** Prints what a run has printed. */
export async function printLogs(cli: Cli, text: string, options: RunsLogsOptions): Promise<void> {
  const found = await findRemoteRun(cli, text, options);
  sayTask(cli, found);
  if (options.follow === true) return follow(cli, found);
  const { jobs } = found.link.databricks;
  const run = await jobs.getRun(found.runId, cli.signal);
  const task = outputTask(run, found.runId);
  if (run.tasks.length > 1 && options.task === undefined && task !== undefined)
    cli.note(taskNote(task.taskKey, keysOf(run)));
  const output = await jobs.getRunOutput(task?.runId ?? found.runId, cli.signal);
  if (options.error === true) return printError(cli, run, task?.state ?? run.state, output);
  print(cli, run, output, options.tail);
}

async function follow(cli: Cli, found: RemoteRun): Promise<void> {
  const { link, runId, record, task, isGuessed, isNamed } = found;
  if (record === undefined || isNamed === true) return followOne(cli, link, runId);
  const store = openRunStore(cli.home.dagRuns);
  await followAttempts(
    {
      record,
      firstRunId: runId,
      ...(isGuessed === true || task === undefined ? {} : { taskId: task.taskId }),
    },
    {
      clock: cli.clock,
      signal: cli.signal,
      read: async () => (await store.read(record.dagId, record.runId)) ?? record,
      follow: (each) => followOne(cli, link, each),
      note: (line) => cli.note(line),
    },
  );
}

async function followOne(cli: Cli, link: WorkspaceLink, runId: string): Promise<void> {
  const { jobs } = link.databricks;
  await followLogs(jobs, runId, {
    clock: cli.clock,
    pace: link.pace,
    signal: cli.signal,
    isLive: isLoopback(link.databricks.host),
    note: (line) => cli.note(line),
    write: (text) => {
      cli.result(text);
      cli.object({ runId, logs: text });
    },
  });
}

/** Which task of a whole DAG run was chosen. */
function sayTask(cli: Cli, { record, task, isGuessed }: RemoteRun): void {
  if (record === undefined || task === undefined || isGuessed !== true || record.tasks.length < 2) return;
  const ids = record.tasks.map(({ taskId }) => taskId);
  cli.note(taskNote(task.taskId, ids));
}

function keysOf(run: Run): readonly string[] {
  return run.tasks.map(({ taskKey }) => taskKey);
}

function taskNote(task: string, all: readonly string[]): string {
  return `Task ${task}; another one by --task: ${all.filter((each) => each !== task).join(', ')}`;
}

function print(cli: Cli, run: Run, output: RunOutput, tail: number | undefined): void {
  const logs = tail === undefined ? output.logs : lastLines(output.logs, tail);
  cli.object({ runId: run.runId, logs, truncated: output.logsTruncated, error: output.error });
  if (output.logsTruncated && tail === undefined) {
    cli.note(`These are the last 5 MB; the whole log is on the run page: ${run.pageUrl}`);
  }
  const nothing = isTerminal(run.state)
    ? 'It has printed nothing.'
    : `Nothing yet: the run is ${stateWord(run.state)}. Go on with it by --follow.`;
  if (logs === '') cli.note(nothing);
  else cli.result(logs);
}

/** Only the traceback; without one what the workspace says. */
function printError(cli: Cli, run: Run, state: Run['state'], output: RunOutput): void {
  const message = isTerminal(state) && !isSuccess(state) ? state.message : '';
  const text = output.errorTrace ?? output.error ?? message;
  cli.object({ runId: run.runId, error: output.error, errorTrace: output.errorTrace, message });
  const nothing = isTerminal(state)
    ? 'It ended without an error.'
    : `No error so far: the run is ${stateWord(state)}.`;
  if (text === '') cli.note(nothing);
  else cli.result(text);
}
