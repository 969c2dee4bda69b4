import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { RemoteError } from '../../../core/errors.ts';
import { processIdentity } from '../../../core/process-group.ts';
import { type Component, type InstanceProcess, logFile } from './instance-state.ts';

/** How a process of Airflow is started. */
export interface SpawnOptions {
  readonly folder: string;
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
  readonly now: Date;
}

/** The servers of logs would listen on every address of the machine; the files are at hand here. */
const WORDS: Readonly<Record<Component, readonly string[]>> = {
  'api-server': ['api-server'],
  scheduler: ['scheduler', '--skip-serve-logs'],
  'dag-processor': ['dag-processor'],
  triggerer: ['triggerer', '--skip-serve-logs'],
};

/** Every request, and every look at the folder of DAGs, would be a line; the latter comes each second. */
const SETTINGS: Readonly<Partial<Record<Component, NodeJS.ProcessEnv>>> = {
  'api-server': { AIRFLOW__LOGGING__LOGGING_LEVEL: 'WARNING' },
  'dag-processor': { AIRFLOW__LOGGING__LOGGING_LEVEL: 'WARNING' },
};

/** Starts a process in a session of its own; it outlives this one. Its output goes to its log file. */
export function spawnComponent(name: Component, options: SpawnOptions): InstanceProcess {
  const file = logFile(options.folder, name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // What the one before it said at its end is worth reading.
  if (existsSync(file)) renameSync(file, `${file}.before`);
  const output = openSync(file, 'w', 0o600);
  try {
    const child = spawn(options.python, ['-m', 'airflow', ...WORDS[name]], {
      cwd: options.folder,
      detached: true,
      env: { ...options.env, ...SETTINGS[name] },
      stdio: ['ignore', output, output],
    });
    // Without a listener a failed start would end this process; it shows as a process that is not there.
    child.once('error', () => undefined);
    child.unref();
    const identity = child.pid === undefined ? undefined : processIdentity(child.pid);
    if (child.pid === undefined || identity === undefined) throw notStarted(name, options.folder);
    return { name, pid: child.pid, identity, startedAt: options.now.toISOString() };
  } finally {
    closeSync(output);
  }
}

/** The error of a process of Airflow that ended when it should not. */
export function notStarted(name: Component, folder: string): RemoteError {
  const log = logFile(folder, name);
  const last = lastLines(log);
  return new RemoteError(`Cannot start Airflow: its ${name} ended.${last === '' ? '' : `\n${last}`}`, {
    code: 'HERMES_AIRFLOW_START',
    facts: { log },
    nextStep: 'The log says how far it came. Try again: hermes airflow up',
  });
}

function lastLines(file: string): string {
  try {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    return lines.slice(-6).join('\n');
  } catch {
    return '';
  }
}
