import type { Command } from 'commander';
import { RemoteError } from '../../core/errors.ts';
import { isTerminal, stateWord } from '../../databricks/run-state.ts';
import { endRemoteRun } from '../../engines/local/end-remote-run.ts';
import { lastAttempt } from '../../engines/local/run-record.ts';
import type { Cli } from '../cli.ts';
import type { WorkspaceLink } from '../connect-workspace.ts';
import { findRecord, findRemoteRun, linkOf, RUN_ARGUMENT } from '../find-run.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<run>', RUN_ARGUMENT)
    .addHelpText('after', '\nExamples:\n  hermes runs cancel last\n  hermes runs cancel 1208')
    .action(async (reference: string) => {
      const world = cli();
      const { link, runIds } = await openRuns(world, reference);
      if (runIds.length === 0) world.print('Nothing of it is running.');
      const ended = await Promise.all(runIds.map((runId) => cancel(world, link, runId)));
      const unconfirmed = runIds.filter((_runId, index) => !ended[index]);
      if (unconfirmed.length === 0) return;
      throw new RemoteError(
        `Cannot confirm the end of run ${unconfirmed.join(', ')}: it was asked to end and has not yet`,
        {
          code: 'HERMES_CANCEL_UNCONFIRMED',
          nextStep: 'Look at its page, and cancel it again if it goes on.',
        },
      );
    });
}

/** A DAG run stands for all of its runs that have not ended; an id for that run. */
async function openRuns(
  cli: Cli,
  reference: string,
): Promise<{ link: WorkspaceLink; runIds: readonly string[] }> {
  if (/^\d+$/.test(reference)) {
    const { link, runId } = await findRemoteRun(cli, reference, undefined);
    return { link, runIds: [runId] };
  }
  const { record } = await findRecord(cli, reference);
  const attempts = record.tasks.flatMap((task) => lastAttempt(task) ?? []);
  const runIds = attempts.flatMap(({ runId, endedAt }) =>
    runId !== undefined && endedAt === undefined ? [runId] : [],
  );
  return { link: await linkOf(cli, record), runIds };
}

async function cancel(cli: Cli, { databricks, pace }: WorkspaceLink, runId: string): Promise<boolean> {
  const before = await databricks.jobs.getRun(runId, cli.signal);
  if (isTerminal(before.state)) {
    cli.print(`run ${runId} had ended already: ${stateWord(before.state)}`);
    cli.object({ runId, state: stateWord(before.state), cancelled: false });
    return true;
  }
  const run = await endRemoteRun({ databricks, pace, clock: cli.clock }, runId, (message) =>
    cli.note(message),
  );
  if (run === undefined) return false;
  cli.print(`run ${runId} has ended: ${stateWord(run.state)}`);
  cli.object({ runId, state: stateWord(run.state), cancelled: true });
  return true;
}
