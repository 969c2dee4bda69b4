import type { Command } from 'commander';
import { explainCi } from '../../../ci/explain-ci.ts';
import type { Cli } from '../cli.ts';
import { explanationLines } from '../publish/explain-lines.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[project...]', 'projects to explain; all of the repository when none is named')
    .addHelpText(
      'after',
      [
        '',
        'Says which CI this is, which variables say so, and what hermes publish would do here and why. It reads the',
        'environment and the clone only: no network, no store, no Python. Outside CI it explains a publish by hand.',
        '',
        'Examples:',
        '  hermes ci explain',
        '  hermes ci explain --json     one object',
      ].join('\n'),
    )
    .action(async (projects: string[]) => {
      const io = cli();
      const { cwd: folder, env, home, clock, signal } = io;
      const explanation = await explainCi({ folder, env, home, clock, signal, projects });
      io.object(explanation);
      for (const line of explanationLines(explanation, (...text) => io.style(...text))) io.print(line);
    });
}
