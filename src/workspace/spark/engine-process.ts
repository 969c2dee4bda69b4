import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { RemoteError } from '../../core/errors.ts';
import { endGroup, processIdentity } from '../../core/process-group.ts';

const recordSchema = z.object({ pid: z.int(), process: z.string(), port: z.int() });

/** An engine that listens; also what is written down of it, so that a later server finds it. */
export type EngineProcess = z.infer<typeof recordSchema>;

export interface EngineStart {
  /** Of this engine alone: its record, log, plan and temporary files. */
  readonly folder: string;
  /** The file for the port is put behind it. */
  readonly command: readonly string[];
  readonly variables: NodeJS.ProcessEnv;
}

const POLL_MS = 20;
const START_LIMIT_MS = 120_000;
const GRACE_MS = 2_000;
const LAST_LINES = 5;

/** Starts an engine in a process group of its own and waits until it listens. @throws RemoteError when it does not */
export async function startEngine(
  start: EngineStart,
  clock: Clock,
  signal: AbortSignal,
): Promise<EngineProcess> {
  const log = join(start.folder, 'engine.log');
  const answer = join(start.folder, 'port');
  const temporary = join(start.folder, 'tmp');
  rmSync(answer, { force: true });
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  const output = openSync(log, 'w', 0o600);
  const [command = '', ...words] = [...start.command, answer];
  const child = spawn(command, words, {
    cwd: temporary,
    detached: true,
    env: { ...start.variables, TMPDIR: temporary, HOME: temporary },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, killed) => {
    failure ??= `it ended with ${killed ?? code}`;
  });
  child.unref();
  for (let waited = 0; waited < START_LIMIT_MS && failure === undefined; waited += POLL_MS) {
    const port = existsSync(answer) ? Number(readFileSync(answer, 'utf8').trim()) : 0;
    const process = child.pid === undefined ? undefined : processIdentity(child.pid);
    if (port > 0 && child.pid !== undefined && process !== undefined) {
      const engine = { pid: child.pid, process, port };
      writeFileSync(recordFile(start.folder), JSON.stringify(engine), { mode: 0o600 });
      return engine;
    }
    await clock.sleep(POLL_MS, signal).catch((error) => {
      child.kill('SIGKILL');
      throw error;
    });
  }
  if (child.pid !== undefined) await endGroup(child.pid, clock, GRACE_MS);
  throw new RemoteError(`Cannot start the Spark engine: ${failure ?? 'it does not answer'}\n${tail(log)}`, {
    code: 'HERMES_SPARK_START',
    facts: { log },
    nextStep: 'Run again; when it fails again, the log says more.',
  });
}

/** The engine that an earlier server, or this one, started in a folder; undefined when it is not there any more. */
export function recordedEngine(folder: string): EngineProcess | undefined {
  try {
    const engine = recordSchema.parse(JSON.parse(readFileSync(recordFile(folder), 'utf8')));
    return isAlive(engine) ? engine : undefined;
  } catch {
    return undefined;
  }
}

export function isAlive(engine: EngineProcess): boolean {
  return processIdentity(engine.pid) === engine.process;
}

/** Ends an engine, with everything that it started, and forgets it. */
export async function endEngine(folder: string, engine: EngineProcess, clock: Clock): Promise<void> {
  if (isAlive(engine)) await endGroup(engine.pid, clock, GRACE_MS);
  rmSync(recordFile(folder), { force: true });
  rmSync(join(folder, 'tmp'), { recursive: true, force: true });
}

function recordFile(folder: string): string {
  return join(folder, 'engine.json');
}

function tail(log: string): string {
  try {
    return readFileSync(log, 'utf8').trim().split('\n').slice(-LAST_LINES).join('\n');
  } catch {
    return '';
  }
}
