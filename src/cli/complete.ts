import tab from '@bomb.sh/tab/commander';
import { commands } from './commands.ts';
import { buildProgram } from './run-command-line.ts';

/**
 * Answers a shell that asks what may come next: `hermes complete -- dag ru`.
 * The script that `hermes completion SHELL` prints calls it at every press of Tab.
 */
export async function complete(words: readonly string[]): Promise<void> {
  const shown = commands.filter((entry) => entry.hidden !== true);
  const program = await buildProgram(shown);
  tab(program).parse([...words]);
}
