import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { RemoteError } from '../../../core/errors.ts';
import { executorWorkers } from './executor-workers.ts';
import { keepIdsOfTriggers } from './ids-of-triggers.ts';
import { type AirflowInstall, ensureAirflow } from './install-airflow.ts';
import { components, type InstanceState, instanceUrl, writeInstance } from './instance-state.ts';
import { planStart, type StartOptions, type StartPlan } from './plan-start.ts';
import { endSessions } from './process-session.ts';
import { ProgramFailure, runProgram } from './run-program.ts';
import { spawnComponent } from './spawn-component.ts';
import { waitForLock } from './wait-for-lock.ts';
import { PORT_TAKEN, PROCESS_LOST, waitUntilReady } from './wait-until-ready.ts';

/** Airflow takes seconds to bind the port that was free, and what is there already may die meanwhile. */
const TRIES = 4;

/** An Airflow that answers. */
export interface RunningAirflow {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly version: string;
  /** The processes that this call started: all of them, those that had died, or none. */
  readonly started: readonly string[];
}

/**
 * Starts the Airflow of a folder, or what is missing of it, and waits until it answers and all its processes are at work.
 * @throws ConfigError, RemoteError when it does not come up; the error ends with what the process said
 */
export async function startAirflow(options: StartOptions): Promise<RunningAirflow> {
  const { folder, onStep } = options;
  const install = await ensureAirflow(options);
  mkdirSync(join(folder, 'dags'), { recursive: true, mode: 0o700 });
  const lock = await waitForLock(join(folder, 'up.lock'), options, () =>
    onStep('Another hermes is starting this Airflow: waiting for it …'),
  );
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        return await startOnce(options, install);
      } catch (error) {
        if (tries === TRIES || !mayTryAgain(error, options)) throw error;
      }
    }
  } finally {
    lock.release();
  }
}

function mayTryAgain(error: unknown, { port }: StartOptions): boolean {
  if (!(error instanceof RemoteError)) return false;
  return error.code === PROCESS_LOST || (error.code === PORT_TAKEN && port === undefined);
}

async function startOnce(options: StartOptions, install: AirflowInstall): Promise<RunningAirflow> {
  const { folder, clock, signal, onStep } = options;
  const plan = await planStart(options, install);
  const before = plan.keep;
  if (before.length < components.length) onStep(`Starting Airflow ${install.version} …`);
  await endSessions(plan.end, clock);
  if (plan.state.migrated !== plan.database) await prepareDatabase(options, install, plan);
  if (plan.secrets.database === undefined && before.length === 0)
    keepIdsOfTriggers(join(folder, 'airflow.db'));
  const ready = { ...plan, state: { ...plan.state, migrated: plan.database } };
  const state = startMissing(options, install, ready);
  try {
    await waitUntilReady({ folder, state, kept: before, clock, signal, jwtSecret: plan.secrets.jwtSecret });
    await rememberWorkers(options, plan, state);
  } catch (error) {
    await endStarted(options, state, before);
    throw error;
  }
  const started = state.processes.filter(({ pid }) => !before.includes(pid)).map(({ name }) => name);
  return { url: instanceUrl(state), version: install.version, started };
}

async function prepareDatabase(
  { folder, signal, onStep }: StartOptions,
  { python, emptyDatabase }: AirflowInstall,
  { secrets, env }: StartPlan,
): Promise<void> {
  const file = join(folder, 'airflow.db');
  if (secrets.database === undefined && !existsSync(file)) {
    copyFileSync(emptyDatabase, `${file}.part`);
    renameSync(`${file}.part`, file);
    return;
  }
  onStep('Migrating its database …');
  try {
    await runProgram({ words: [python, '-m', 'airflow', 'db', 'migrate'], env, cwd: folder, signal });
  } catch (error) {
    if (!(error instanceof ProgramFailure)) throw error;
    throw new RemoteError(`Cannot prepare the database of Airflow: ${error.message}`, {
      code: 'HERMES_AIRFLOW_DATABASE',
      nextStep: 'Look at --database: it must be a database that exists and that its user may change.',
    });
  }
}

/** Each process is written down as soon as it is there, so that none is forgotten whatever comes next. */
function startMissing(
  { folder, clock }: StartOptions,
  { python }: AirflowInstall,
  { state, env }: StartPlan,
): InstanceState {
  let current = state;
  writeInstance(folder, current);
  const missing = components.filter((name) => current.processes.every((each) => each.name !== name));
  for (const name of missing) {
    const started = spawnComponent(name, { folder, python, env, now: clock.now() });
    current = { ...current, processes: [...current.processes, started] };
    writeInstance(folder, current);
  }
  return current;
}

/** The processes that take tasks stand beside the scheduler that started them: without one of them it is not whole. */
async function rememberWorkers(
  options: StartOptions,
  { env }: StartPlan,
  state: InstanceState,
): Promise<void> {
  const scheduler = state.processes.find(({ name }) => name === 'scheduler');
  if (scheduler === undefined || scheduler.workers !== undefined) return;
  const wanted = Number(env.AIRFLOW__CORE__PARALLELISM);
  const workers = [...(await executorWorkers(scheduler.pid, wanted, options))];
  const processes = state.processes.map((each) => (each === scheduler ? { ...each, workers } : each));
  writeInstance(options.folder, { ...state, processes });
}

/** A start that came to nothing, or was interrupted, leaves nothing behind that was not there before. */
async function endStarted(
  { folder, clock }: StartOptions,
  state: InstanceState,
  before: readonly number[],
): Promise<void> {
  const started = state.processes.filter(({ pid }) => !before.includes(pid));
  await endSessions(started, clock);
  writeInstance(folder, { ...state, processes: state.processes.filter((each) => !started.includes(each)) });
}
