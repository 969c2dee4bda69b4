import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { whenAllIsOver } from './setup.ts';

/** A Python program that answers each line of JSON with a line of JSON. */
export interface PythonProgram {
  readonly python: string;
  /** The script, and what it is given. */
  readonly words: readonly string[];
  /** Over the variables of the tests. */
  readonly env: NodeJS.ProcessEnv;
}

const LAST_WORDS = 3_000;

/**
 * Starts a program at the first question, and asks it all others, too: importing Airflow takes seconds, answering does
 * not. It ends with the tests.
 * @throws Error with the last that Python wrote, when it ends instead of answering
 */
export function lastingPython<Answer>(
  open: () => Promise<PythonProgram>,
): (question: unknown) => Promise<Answer> {
  let asking: Promise<(question: unknown) => Promise<Answer>> | undefined;
  return async (question) => {
    asking ??= open().then((program) => start<Answer>(program));
    return (await asking)(question);
  };
}

function start<Answer>({ python, words, env }: PythonProgram): (question: unknown) => Promise<Answer> {
  const child = spawn(python, words, {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said = `${said}${piece}`.slice(-LAST_WORDS);
  });
  // What it wrote before it ended says why it takes no more questions.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  whenAllIsOver(async () => {
    child.kill();
    await ended;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    if (done !== true) return JSON.parse(value) as Answer;
    await ended;
    throw new Error(`Python did not answer (exit ${child.exitCode}):\n${said}`);
  };
}
