import { join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { RemoteError } from '../../../core/errors.ts';
import { type AirflowHealth, askHealth } from '../rest/health.ts';
import { isFree } from './choose-port.ts';
import { type InstanceState, instanceUrl, isAlive } from './instance-state.ts';
import { isOwnServer } from './own-server.ts';
import { notStarted } from './spawn-component.ts';

const LIMIT_MS = 180_000;
const POLL_MS = 200;

/** Code of the error of a start whose port somebody else took in the meantime. */
export const PORT_TAKEN = 'HERMES_AIRFLOW_PORT_TAKEN';

/** Code of the error of a start during which a process died that had been there before. */
export const PROCESS_LOST = 'HERMES_AIRFLOW_PROCESS_LOST';

/** Who waits, and for which Airflow. */
export interface Wait {
  readonly folder: string;
  readonly state: InstanceState;
  /** Pids of the processes that were there before this start. */
  readonly kept: readonly number[];
  readonly jwtSecret: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Waits until the pages answer and every process is at work.
 * @throws RemoteError when a process ends meanwhile, another program has the port, or they take too long
 */
export async function waitUntilReady(wait: Wait): Promise<void> {
  const { folder, state, kept, clock, signal } = wait;
  const url = instanceUrl(state);
  let isOwn = false;
  for (let waited = 0; waited < LIMIT_MS; waited += POLL_MS) {
    const health = await askHealth(url, signal);
    if (health !== undefined && !isOwn) {
      isOwn = await meet(wait);
      if (!isOwn) throw portTaken(state);
    }
    const dead = state.processes.find((each) => !isAlive(each));
    if (dead?.name === 'api-server' && !(await isFree(state.port))) throw portTaken(state);
    if (dead !== undefined) throw kept.includes(dead.pid) ? lost(dead.name) : notStarted(dead.name, folder);
    if (health !== undefined && isWell(health, state)) return;
    await clock.sleep(POLL_MS, signal);
  }
  throw new RemoteError('Cannot start Airflow: it did not answer in time.', {
    code: 'HERMES_AIRFLOW_TIMEOUT',
    facts: { seconds: LIMIT_MS / 1_000, logs: join(folder, 'process-logs') },
    nextStep: 'The logs say how far it came. Try again: hermes airflow up',
  });
}

/** The first answer: whether it is of ours, which then gets ready to serve tasks while the others start. */
async function meet({ state, jwtSecret, signal }: Wait): Promise<boolean> {
  const isOwn = await isOwnServer(instanceUrl(state), jwtSecret, signal);
  if (isOwn) warmUp(instanceUrl(state), signal);
  return isOwn;
}

function lost(name: string): RemoteError {
  return new RemoteError(`Cannot start Airflow: its ${name} ended while the others were started.`, {
    code: PROCESS_LOST,
    nextStep: 'Start it again: hermes airflow up',
  });
}

function portTaken({ port }: InstanceState): RemoteError {
  return new RemoteError('Cannot start Airflow: another program took its port in the meantime.', {
    code: PORT_TAKEN,
    facts: { port },
    nextStep: 'Choose another with --port, or leave it out: the next free one is taken then.',
  });
}

/** A process that died a moment ago still counts as healthy: the heartbeat has to be of the one that was started. */
function isWell(health: AirflowHealth, { processes }: InstanceState): boolean {
  const beats = {
    scheduler: health.scheduler,
    'dag-processor': health.dagProcessor,
    triggerer: health.triggerer,
  } as const;
  return processes.every(({ name, startedAt }) => {
    if (name === 'api-server') return health.metadatabase.status === 'healthy';
    const { status, heartbeatAt } = beats[name];
    return status === 'healthy' && heartbeatAt !== undefined && heartbeatAt >= new Date(startedAt);
  });
}

/** The part that serves tasks takes seconds for its first answer: it may as well be given while the others start. */
function warmUp(url: string, signal: AbortSignal): void {
  fetch(`${url}/execution/health`, { signal }).then(
    (answer) => answer.body?.cancel(),
    () => undefined,
  );
}
