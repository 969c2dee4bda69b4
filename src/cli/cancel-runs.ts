import { RemoteError } from '../core/errors.ts';
import { isTerminal, stateWord } from '../databricks/run-state.ts';
import { cancelRun } from '../engines/local/cancel-run.ts';
import { endRemoteRun } from '../engines/local/end-remote-run.ts';
import { openRunStore } from '../engines/local/run-store.ts';
import type { Cli } from './cli.ts';
import { findRecord, findRemoteRun, linkOf } from './find-run.ts';
import { runObject } from './run-json.ts';
import { stateText } from './run-lines.ts';

/** Ends one Databricks run, by its id, or a whole DAG run. */
export async function cancelRuns(cli: Cli, reference: string): Promise<void> {
  await (/^\d+$/.test(reference) ? cancelOne(cli, reference) : cancelAll(cli, reference));
}

/** One Databricks run, by its id. */
async function cancelOne(cli: Cli, reference: string): Promise<void> {
  const { link, runId } = await findRemoteRun(cli, reference, undefined);
  const before = await link.databricks.jobs.getRun(runId, cli.signal);
  if (isTerminal(before.state)) {
    cli.print(`run ${runId} had ended already: ${stateWord(before.state)}`);
    return cli.object({ runId, state: stateWord(before.state), cancelled: false });
  }
  const run = await endRemoteRun({ ...link, clock: cli.clock }, runId, (message) => cli.note(message));
  if (run === undefined) throw unconfirmed([runId]);
  cli.print(`run ${runId} has ended: ${stateWord(run.state)}`);
  cli.object({ runId, state: stateWord(run.state), cancelled: true });
}

/** A whole DAG run. */
async function cancelAll(cli: Cli, reference: string): Promise<void> {
  const { record } = await findRecord(cli, reference);
  if (record.state !== 'running') {
    cli.print(`DAG run ${record.runId} of ${record.dagId} had ended already: ${record.state}`);
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
  cli.object({ ...runObject(outcome.record), cancelled: true });
  if (outcome.unconfirmed.length > 0) throw unconfirmed(outcome.unconfirmed);
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
