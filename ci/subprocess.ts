import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface CommandOptions {
  readonly cwd: string;
  /** The whole environment of the program, not an addition to ours. */
  readonly env: NodeJS.ProcessEnv;
  /** What it reads on its standard input; absent = nothing. */
  readonly input?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandResult {
  /** Absent when a signal ended the program. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order of arrival, without what goes beyond the limit in the middle. */
  readonly output: string;
}

// A program that prints without end must not fill our memory: this much of the beginning and of the end is kept.
const KEPT_CHARACTERS = 8 * 1024 * 1024;
const TERM_GRACE_MS = 3000;

/**
 * Runs a program without a shell and collects what it prints. An abort ends its whole process group.
 * @throws NodeJS.ErrnoException with code `ENOENT` when there is no such program; the signal's reason on an abort
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  { cwd, env, input = '', signal }: CommandOptions,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  // A program that ends before it has read everything says why by its exit code.
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr, output] = [new Kept(), new Kept(), new Kept()];
  child.stdout.setEncoding('utf8').on('data', (text: string) => keep(text, stdout, output));
  child.stderr.setEncoding('utf8').on('data', (text: string) => keep(text, stderr, output));
  const stop = (): void => endGroup(child.pid);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const exitCode = await new Promise<number | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? undefined));
    });
    signal?.throwIfAborted();
    return { exitCode, stdout: stdout.text, stderr: stderr.text, output: output.text };
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** The last lines of a text that say something. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** The beginning and the end of a long text. */
class Kept {
  #start = '';
  #end = '';

  add(text: string): void {
    const room = KEPT_CHARACTERS - this.#start.length;
    if (room > 0) this.#start += text.slice(0, room);
    if (text.length > room) this.#end = (this.#end + text.slice(Math.max(0, room))).slice(-KEPT_CHARACTERS);
  }

  get text(): string {
    return this.#start + this.#end;
  }
}

function keep(text: string, ...into: readonly Kept[]): void {
  for (const kept of into) kept.add(text);
}

/** Ends a process group politely, then for good. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  const send = (name: NodeJS.Signals): void => {
    try {
      process.kill(-leader, name);
    } catch {
      // The group is gone already.
    }
  };
  send('SIGTERM');
  void delay(TERM_GRACE_MS, undefined, { ref: false }).then(() => send('SIGKILL'));
}
