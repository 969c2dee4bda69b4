import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';

/** How a command ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is going on. */
export interface Spawned {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Waits until stdout or stderr holds a text. */
  readonly seen: (text: string) => Promise<void>;
}

const started: ChildProcess[] = [];

/** Starts `hermes` from its sources in a folder, as a user would; with `pipe` its stdin is open. */
export function begin(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdin: 'ignore' | 'pipe' = 'ignore',
): Spawned {
  const child = spawn(process.execPath, [join(packageRoot, 'src', 'cli', 'main.ts'), ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  const seen = async (text: string): Promise<void> => {
    while (!`${output.stdout}${output.stderr}`.includes(text)) {
      if (child.exitCode !== null)
        throw new Error(`ended without "${text}": ${output.stdout}${output.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, finished, seen };
}

/** Ends what a failed test has left. */
export function endSpawned(): void {
  for (const child of started.splice(0)) child.kill('SIGKILL');
}
