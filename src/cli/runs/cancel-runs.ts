import { HermesError, RemoteError } from '../../core/errors.ts';
import { isTerminal, stateWord } from '../../databricks/runs/run-state.ts';
import { cancelRun } from '../../engines/local/again/cancel-run.ts';
import { endRemoteRun } from '../../engines/local/attempt/end-remote-run.ts';
import { finishedStates, lastAttempt, type RunRecord } from '../../engines/local/record/run-record.ts';
import { openRunStore } from '../../engines/local/record/run-store.ts';
import type { Cli } from '../cli.ts';
import type { WorkspaceLink } from '../connect-workspace.ts';
import { linkOf, type RunChoice, resolveRun } from './find-run.ts';
import { runObject } from './run-json.ts';
import { runWord, stateText } from './run-lines.ts';

/**
 * Ends runs, all at the same time, and sees each of them end. One that cannot be ended keeps no other from it.
 * @throws the error of the only one that went wrong; of several, one that names them all
 */
export async function cancelRuns(cli: Cli, texts: readonly string[], choice: RunChoice): Promise<void> {
  const outcomes = await Promise.allSettled([...new Set(texts)].map((text) => cancelAny(cli, text, choice)));
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const [first] = errors;
  if (errors.length === 0) return;
  if (errors.length === 1 || errors.some((error) => !(error instanceof HermesError))) throw first;
  for (const error of errors as HermesError[]) {
    cli.note([error.message, error.nextStep].filter((line) => line !== undefined).join('\n'));
  }
  throw new RemoteError(`Cannot cancel ${errors.length} of ${outcomes.length} runs: see above`, {
    code: 'HERMES_CANCEL_INCOMPLETE',
    nextStep: 'See which of them go on with: hermes runs show RUN',
  });
}

async function cancelAny(cli: Cli, text: string, choice: RunChoice): Promise<void> {
  const found = await resolveRun(cli, text, choice);
  if (found.kind === 'foreign') return cancelOne(cli, found.link, found.runId);
  if (found.task === undefined) return cancelAll(cli, found.record);
  if (found.runId === undefined && found.task.state === 'up_for_retry')
    throw notAlone(found.record, found.task.taskId, 'it waits for its next attempt');
  const runId = found.runId ?? lastAttempt(found.task)?.runId;
  if (runId !== undefined) return cancelOne(cli, await linkOf(cli, found.record), runId);
  const { taskId, state } = found.task;
  cli.print(`task ${taskId} has no run to end: ${stateText(found.task, cli.clock.now())}`);
  cli.object({ task: taskId, state, cancelled: false });
  if (!finishedStates.has(state)) throw notAlone(found.record, taskId, 'it has not been submitted yet');
}

/** One Databricks run, or one task run of it. */
async function cancelOne(cli: Cli, link: WorkspaceLink, runId: string): Promise<void> {
  const before = await link.databricks.jobs.getRun(runId, cli.signal);
  if (isTerminal(before.state)) {
    cli.print(`run ${runId} had ended already: ${stateWord(before.state)}`);
    return cli.object({ runId, state: stateWord(before.state), cancelled: false });
  }
  // A refusal is the answer; only what follows is a matter of waiting.
  await link.databricks.jobs.cancelRun(runId, cli.signal);
  const run = await endRemoteRun({ ...link, clock: cli.clock }, runId, (message) => cli.note(message));
  if (run === undefined) throw unconfirmed([runId]);
  const cancelled = run.state.result === 'CANCELED';
  // It may have come to its own end just before.
  cli.print(`run ${runId} has ended: ${stateWord(run.state)}`);
  cli.object({ runId, state: stateWord(run.state), cancelled });
}

/** A whole DAG run. */
async function cancelAll(cli: Cli, record: RunRecord): Promise<void> {
  if (record.state !== 'running') {
    cli.print(`DAG run ${record.runId} of ${record.dagId} had ended already: ${runWord(record)}`);
    return cli.object({ ...runObject(record), cancelled: false });
  }
  const bench = {
    ...(await linkOf(cli, record)),
    store: openRunStore(cli.home.dagRuns),
    clock: cli.clock,
    signal: cli.signal,
  };
  const outcome = await cancelRun(record, bench, (message) => cli.note(message));
  for (const task of outcome.record.tasks) cli.print(`  ${task.taskId}  ${stateText(task, cli.clock.now())}`);
  cli.object({ ...runObject(outcome.record), cancelled: runWord(outcome.record) === 'cancelled' });
  if (outcome.unconfirmed.length > 0) throw unconfirmed(outcome.unconfirmed);
}

function notAlone(record: RunRecord, taskId: string, reason: string): RemoteError {
  return new RemoteError(`Cannot cancel task ${taskId} alone: ${reason}`, {
    code: 'HERMES_TASK_NOT_STARTED',
    nextStep: `End the whole DAG run with: hermes runs cancel ${record.runId}`,
  });
}

function unconfirmed(runIds: readonly string[]): RemoteError {
  return new RemoteError(
    `Cannot confirm the end of run ${runIds.join(', ')}: it was asked to end and has not yet`,
    {
      code: 'HERMES_CANCEL_UNCONFIRMED',
      nextStep: 'Look at its page, and cancel it again if it goes on.',
    },
  );
}
