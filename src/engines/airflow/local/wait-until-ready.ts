import { join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { RemoteError } from '../../../core/errors.ts';
import { type AirflowHealth, askHealth } from '../rest/health.ts';
import { type InstanceState, instanceUrl, isAlive } from './instance-state.ts';
import { notStarted } from './spawn-component.ts';

const LIMIT_MS = 180_000;
const POLL_MS = 200;

/**
 * Waits until the pages answer and every process is at work.
 * @throws RemoteError when a process ends meanwhile, or they take too long
 */
export async function waitUntilReady(
  folder: string,
  state: InstanceState,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  let isWarm = false;
  for (let waited = 0; waited < LIMIT_MS; waited += POLL_MS) {
    const dead = state.processes.find((each) => !isAlive(each));
    if (dead !== undefined) throw notStarted(dead.name, folder);
    const health = await askHealth(instanceUrl(state), signal);
    if (health !== undefined && !isWarm) warmUp(instanceUrl(state), signal);
    isWarm ||= health !== undefined;
    if (health !== undefined && isWell(health, state)) return;
    await clock.sleep(POLL_MS, signal);
  }
  throw new RemoteError('Cannot start Airflow: it did not answer in time.', {
    code: 'HERMES_AIRFLOW_TIMEOUT',
    facts: { seconds: LIMIT_MS / 1_000, logs: join(folder, 'process-logs') },
    nextStep: 'The logs say how far it came. Its processes go on: see hermes airflow status, or try again.',
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
