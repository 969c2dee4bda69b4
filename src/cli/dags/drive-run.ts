import type { Environment } from '../../config/environment.ts';
import { resumeRun } from '../../engines/local/again/resume-run.ts';
import { runEnder } from '../../engines/local/attempt/run-ender.ts';
import { pinTasks } from '../../engines/local/plan/pin-tasks.ts';
import { prepareSurroundings, type Surroundings } from '../../engines/local/plan/prepare-surroundings.ts';
import type { RunEvent } from '../../engines/local/record/run-event.ts';
import type { RunRecord } from '../../engines/local/record/run-record.ts';
import { openRunStore } from '../../engines/local/record/run-store.ts';
import { runDag } from '../../engines/local/run-dag.ts';
import type { Workbench } from '../../engines/local/workbench.ts';
import type { Cli } from '../cli.ts';
import { connectWorkspace } from '../connect-workspace.ts';
import { reportRun } from '../runs/report-run.ts';
import { openRunTelemetry } from '../runs/run-telemetry.ts';
import { watchProgress } from '../runs/watch-progress.ts';
import { environmentsOf, pinResolver } from '../team-environments.ts';
import { askedRun, type StartOptions } from './asked-run.ts';

const INTERRUPTED =
  'Interrupted: cancelling what is running. Ctrl-C again leaves at once; then: hermes runs cancel last';
const CANCELLED = 'Asked to end by hermes runs cancel, or SIGTERM: cancelling what is running.';

/** Runs a DAG, shows it, and sets the exit code by its outcome. */
export async function startRun(cli: Cli, options: StartOptions): Promise<void> {
  const { request, environments, resolve } = askedRun(cli, options);
  // Before the workspace is asked for: what is not published needs none.
  await pinTasks(request.plans, resolve);
  await withBench(cli, environments, (bench, surroundings) =>
    runDag({ ...request, host: bench.databricks.host }, resolve, surroundings, bench),
  );
}

/** Goes on with a recorded run, shows it, and sets the exit code by its outcome. @param latest Pins anew. */
export async function continueRun(cli: Cli, record: RunRecord, latest: boolean): Promise<void> {
  const teams = record.tasks.map(({ plan }) => plan.team);
  const environments = environmentsOf(cli, teams, record.environment, record.folder);
  const repin = latest ? pinResolver(environments, cli.signal) : undefined;
  await withBench(cli, environments, (bench, surroundings) => resumeRun(record, surroundings, bench, repin));
}

export async function withBench(
  cli: Cli,
  environments: readonly Environment[],
  work: (bench: Workbench, surroundings: Surroundings) => Promise<RunRecord>,
): Promise<void> {
  const [first] = environments;
  if (first === undefined) throw new Error('a run needs an environment');
  const { databricks, watcher } = await connectWorkspace(cli, first);
  const surroundings = await prepareSurroundings(environments, databricks.policies, cli.signal);
  const telemetry = openRunTelemetry(cli, environments);
  const ended = await watchProgress(cli, (show) => {
    const emit = (event: RunEvent): void => {
      show(event);
      telemetry.onEvent(event);
    };
    cli.signal.addEventListener('abort', () => emit({ type: 'note', message: endNote(cli.signal) }), {
      once: true,
    });
    const store = openRunStore(cli.home.dagRuns);
    return work({ databricks, watcher, store, clock: cli.clock, signal: cli.signal, emit }, surroundings);
  }).finally(telemetry.close);
  if (ended.state !== 'success' && !cli.quiet && cli.signal.aborted)
    cli.print('Go on with it: hermes dag run --resume');
  reportRun(cli, ended, 'hermes runs show last');
}

function endNote(signal: AbortSignal): string {
  return runEnder(signal) === 'canceled' ? CANCELLED : INTERRUPTED;
}
