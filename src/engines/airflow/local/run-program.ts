import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How a program is called: no shell, no settings of another Python in the way. */
export interface ProgramCall {
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal: AbortSignal;
}

/** A program that did not succeed; the message ends with its own last lines. */
export class ProgramFailure extends Error {}

const LINES = 12;

/** Runs a program to its end and answers what it printed. @throws ProgramFailure; the signal's reason on an abort */
export async function runProgram({ words, env, cwd, signal }: ProgramCall): Promise<string> {
  const [command = '', ...rest] = words;
  try {
    const options = { env: withoutPython(env), signal, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(command, rest, {
      ...options,
      ...(cwd === undefined ? {} : { cwd }),
    });
    return stdout;
  } catch (error) {
    signal.throwIfAborted();
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
    throw new ProgramFailure(lines.slice(-LINES).join('\n') || message);
  }
}

/** Variables without those by which a shell points Python at modules and environments of its own. */
export function withoutPython(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = new Set([
    'PYTHONPATH',
    'PYTHONHOME',
    'PYTHONDONTWRITEBYTECODE',
    'VIRTUAL_ENV',
    '__PYVENV_LAUNCHER__',
  ]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.has(name)));
}
