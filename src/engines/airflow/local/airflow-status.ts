import { type AirflowHealth, askHealth } from '../rest/health.ts';
import {
  type Component,
  components,
  instanceUrl,
  isAlive,
  isWhole,
  logFile,
  readInstance,
} from './instance-state.ts';

/** One process of Airflow, as it is found. */
export interface ProcessStatus {
  readonly name: Component;
  /**
   * `running`, `died` (it was started and is gone), `crippled` (it is there, but a worker of it was killed, and tasks may
   * wait for ever), or `stopped`.
   */
  readonly state: 'running' | 'died' | 'crippled' | 'stopped';
  readonly pid?: number;
  readonly startedAt?: string;
  /** Where its output is. */
  readonly log: string;
}

/** What an Airflow of this machine does. */
export interface AirflowStatus {
  readonly url: string;
  readonly version: string;
  readonly processes: readonly ProcessStatus[];
  /** What Airflow says of itself; absent when it does not answer. */
  readonly health?: AirflowHealth;
}

/** Looks at the Airflow of a folder; never starts it. Absent when none was ever started there. */
export async function airflowStatus(folder: string, signal: AbortSignal): Promise<AirflowStatus | undefined> {
  const state = readInstance(folder);
  if (state === undefined) return undefined;
  const processes = components.map((name): ProcessStatus => {
    const found = state.processes.find((each) => each.name === name);
    const log = logFile(folder, name);
    if (found === undefined) return { name, state: 'stopped', log };
    const { pid, startedAt } = found;
    const there = isWhole(found) ? 'running' : 'crippled';
    return { name, state: isAlive(found) ? there : 'died', pid, startedAt, log };
  });
  const isUp = processes.some((each) => each.name === 'api-server' && each.state === 'running');
  const url = instanceUrl(state);
  const health = isUp ? await askHealth(url, signal) : undefined;
  return { url, version: state.version, processes, ...(health === undefined ? {} : { health }) };
}
