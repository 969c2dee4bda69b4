import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';

// The shell's helper reads from a pipe that only this process holds: when that ends, however it ends, so does the group.
const GUARD = '{ cat <&3 >/dev/null; kill -9 0; } & exec 3<&-; exec "$@"';

/** A program that cannot outlive the process that started it, nor can what it starts. */
export interface GuardedProcess {
  readonly child: ChildProcess;
  /** Resolves with the exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
  /** Kills the program and all that it started. Some servers do not mind gentler signals. */
  kill(): Promise<void>;
}

/** Starts a program whose output goes to a file. */
export function startGuarded(
  command: readonly string[],
  options: { readonly cwd: string; readonly log: string; readonly env?: NodeJS.ProcessEnv },
): GuardedProcess {
  const log = openSync(options.log, 'a');
  const child = spawn('sh', ['-c', GUARD, 'sh', ...command], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  closeSync(log);
  // A process that has nothing else to do ends, and the program with it.
  const pipe = child.stdio[3] as Socket;
  pipe.unref();
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      pipe.destroy();
      resolve(code);
    });
  });
  child.unref();
  return {
    child,
    ended,
    kill: async () => {
      pipe.destroy();
      await ended;
    },
  };
}
