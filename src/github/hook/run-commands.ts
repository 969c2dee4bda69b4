import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../../core/clock.ts';
import { ConfigError } from '../../core/errors.ts';

/** How one command ended. */
export interface CommandOutcome {
  readonly command: string;
  readonly exitCode: number;
  readonly seconds: number;
}

export interface CommandContext {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Standard output and error, as they come. */
  readonly onOutput: (chunk: Buffer) => void;
}

// As Travis does: one shell for all lines, every line runs, the exit code of each counts. Codes go to descriptor 3.
const DRIVER = `exec 2>&1
for line in "$@"; do
  printf '$ %s\\n' "$line"
  { eval "$line"; } 3>&-
  printf '%s\\n' "$?" >&3
done`;
const GRACE_MS = 2_000;

/**
 * Runs commands by one bash in a process group of its own and answers how each ended.
 * Nothing of the group outlives the call: not on success, not on failure, not when the signal is aborted.
 * A line that ends the shell (`exit`) ends the list.
 * @throws ConfigError `HERMES_NO_BASH`; the signal's reason when it is aborted
 */
export async function runCommands(
  commands: readonly string[],
  context: CommandContext,
): Promise<CommandOutcome[]> {
  context.signal.throwIfAborted();
  const shell = spawn('bash', ['-c', DRIVER, 'ci', ...commands], {
    cwd: context.folder,
    env: context.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  });
  const [, output, , codes] = shell.stdio as unknown as [null, Readable, null, Readable];
  output.on('data', context.onOutput);
  const outcomes = collectOutcomes(commands, codes, context.clock);
  const ended = new AbortController();
  const stopping = () => void stopGroup(shell, context.clock, ended.signal);
  context.signal.addEventListener('abort', stopping, { once: true });
  try {
    const exitCode = await exitOf(shell);
    ended.abort();
    killGroup(shell, 'SIGKILL');
    await drained(output, context.clock);
    context.signal.throwIfAborted();
    return outcomes.finish(exitCode);
  } finally {
    context.signal.removeEventListener('abort', stopping);
    output.destroy();
    codes.destroy();
  }
}

/** Turns the codes that the driver writes into outcomes, timed as they arrive. */
function collectOutcomes(commands: readonly string[], codes: Readable, clock: Clock) {
  const outcomes: CommandOutcome[] = [];
  let startedAt = clock.now().getTime();
  const add = (exitCode: number) => {
    const now = clock.now().getTime();
    const command = commands[outcomes.length];
    if (command !== undefined) outcomes.push({ command, exitCode, seconds: (now - startedAt) / 1000 });
    startedAt = now;
  };
  let rest = '';
  codes.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) add(Number(line));
  });
  return {
    /** A shell that ended early did so in the next command, with its own exit code. */
    finish: (exitCode: number): CommandOutcome[] => {
      if (outcomes.length < commands.length) add(exitCode);
      return outcomes;
    },
  };
}

function exitOf(shell: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    shell.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? noBash(error) : error),
    );
    shell.once('exit', (code) => resolve(code ?? 137));
  });
}

/** Waits for what is still in the pipe; a process outside the group that holds it open is not waited for. */
async function drained(output: Readable, clock: Clock): Promise<void> {
  if (output.readableEnded) return;
  const giveUp = new AbortController();
  const ended = new Promise<void>((resolve) => output.once('end', resolve));
  await Promise.race([ended, clock.sleep(500, giveUp.signal).catch(() => undefined)]);
  giveUp.abort();
}

/** Asks the group to end, and ends it after a while. */
async function stopGroup(shell: ChildProcess, clock: Clock, ended: AbortSignal): Promise<void> {
  killGroup(shell, 'SIGTERM');
  try {
    await clock.sleep(GRACE_MS, ended);
    killGroup(shell, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function killGroup(shell: ChildProcess, signal: NodeJS.Signals): void {
  if (shell.pid === undefined) return;
  try {
    process.kill(-shell.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function noBash(cause: unknown): ConfigError {
  return new ConfigError('Cannot run CI: there is no bash on the PATH.', {
    code: 'HERMES_NO_BASH',
    nextStep: 'Install bash, then push again.',
    cause,
  });
}
