import type { Cli } from './cli.ts';

/** The keys that end a line; the last one is Ctrl-D. */
const ENDS = ['\r', '\n', '\u0004'];
const CTRL_C = '\u0003';
const ERASE = ['\u007f', '\b'];

/**
 * All of stdin. On a terminal it is one line, which is asked for and not shown.
 * @param question Stands before what is typed.
 * @throws what Ctrl-C aborts the command with
 */
export async function readStdin(cli: Cli, question: string): Promise<string> {
  const { signal } = cli;
  const { stdin } = process;
  const stop = () => stdin.destroy();
  signal.throwIfAborted();
  signal.addEventListener('abort', stop);
  try {
    return await (stdin.isTTY ? typedLine(question) : wholeText());
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function wholeText(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** What is typed up to the end of the line, or up to Ctrl-D. */
async function typedLine(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stderr.write(question);
  try {
    let line = '';
    for await (const typed of stdin) {
      for (const key of String(typed)) {
        // A terminal that shows nothing sends no signal either.
        if (key === CTRL_C) process.kill(process.pid, 'SIGINT');
        else if (ENDS.includes(key)) return line;
        else line = ERASE.includes(key) ? line.slice(0, -1) : line + key;
      }
    }
    return line;
  } finally {
    if (!stdin.destroyed) stdin.setRawMode(false);
    stderr.write('\n');
  }
}
