import { ExitCode } from '../../core/errors.ts';
import { isSuccess, stateWord } from '../../databricks/runs/run-state.ts';
import { followRecord } from '../../engines/local/again/follow-record.ts';
import { outcome } from '../../engines/local/execute-tasks.ts';
import { isAlive } from '../../engines/local/record/driver-process.ts';
import { finishedStates, lastAttempt, type RunRecord } from '../../engines/local/record/run-record.ts';
import { openRunStore } from '../../engines/local/record/run-store.ts';
import type { Cli } from '../cli.ts';
import type { WorkspaceLink } from '../connect-workspace.ts';
import { explainRemote } from './explain-remote.ts';
import { linkOf, type RunChoice, resolveRun } from './find-run.ts';
import { createRemoteProgress } from './remote-progress.ts';
import { runWord } from './run-lines.ts';
import { watchProgress, watchWith } from './watch-progress.ts';

/** Follows a run to its end and sets the exit code by its outcome. Ctrl-C ends the watching only. */
export async function watchAny(cli: Cli, text: string, choice: RunChoice): Promise<void> {
  const found = await resolveRun(cli, text, choice);
  try {
    if (found.kind === 'foreign') return await watchRemote(cli, found.link, found.runId);
    const { record, task } = found;
    const runId = found.runId ?? task?.attempts.at(-1)?.runId;
    if (task === undefined || runId === undefined) return await watchRecord(cli, record);
    // One attempt is not the whole task: another one may follow.
    const goesOn = found.runId === undefined && !finishedStates.has(task.state) && isAlive(record.driver);
    if (goesOn) return await watchRecord(cli, record, task.taskId);
    await watchRemote(cli, await linkOf(cli, record), runId);
  } catch (error) {
    if (!cli.signal.aborted) throw error;
    cli.note(`Stopped watching; the run goes on. End it with: hermes runs cancel ${text}`);
    process.exitCode = ExitCode.workFailed;
  }
}

/** One Databricks run. */
export async function watchRemote(cli: Cli, link: WorkspaceLink, runId: string): Promise<void> {
  const { jobs } = link.databricks;
  const ended = await watchWith(cli, createRemoteProgress, async (emit) => {
    const run = await link.watcher.watch(runId, {
      signal: cli.signal,
      onChange: (changed) => emit({ type: 'run', run: changed }),
      onTrouble: (message) => emit({ type: 'note', message }),
    });
    emit({ type: 'ended', run, failed: await explainRemote(jobs, run, cli.signal) });
    return run;
  });
  settle(cli, isSuccess(ended.state), stateWord(ended.state));
}

/** A DAG run that another process drives, by its record. @param taskId Only this task of it */
async function watchRecord(cli: Cli, record: RunRecord, taskId?: string): Promise<void> {
  const store = openRunStore(cli.home.dagRuns);
  const seen = (whole: RunRecord): RunRecord => (taskId === undefined ? whole : onlyTask(whole, taskId));
  const read = async (): Promise<RunRecord> => seen((await store.read(record.dagId, record.runId)) ?? record);
  const last = await watchProgress(cli, (emit) =>
    followRecord(seen(record), { read }, { clock: cli.clock, signal: cli.signal, emit }),
  );
  if (last.state === 'running') sayLost(cli, last);
  settle(cli, last.state === 'success', runWord(last));
}

/** The run as if it had this task alone: over when the task is. */
function onlyTask(record: RunRecord, taskId: string): RunRecord {
  const tasks = record.tasks.filter((task) => task.taskId === taskId);
  const isOver = tasks.every(({ state }) => finishedStates.has(state));
  return { ...record, tasks, state: isOver ? outcome({ ...record, tasks }) : record.state };
}

/** What runs on the workspace goes on, but nothing follows it. */
function sayLost(cli: Cli, record: RunRecord): void {
  cli.object({ event: 'lost', runId: record.runId });
  for (const task of record.tasks) {
    const attempt = lastAttempt(task);
    if (attempt?.runId === undefined || attempt.endedAt !== undefined) continue;
    cli.print(`Run ${attempt.runId} of task ${task.taskId} goes on: hermes runs watch ${attempt.runId}`);
  }
  cli.print(`The command that drove it is gone. Go on with it: hermes dag run --resume ${record.runId}`);
}

function settle(cli: Cli, isFine: boolean, word: string): void {
  if (cli.quiet) cli.result(word);
  if (!isFine) process.exitCode = ExitCode.workFailed;
}
