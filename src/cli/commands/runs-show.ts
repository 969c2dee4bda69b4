import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { RUN_ARGUMENT } from '../run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[run]', RUN_ARGUMENT, 'last')
    .addHelpText('after', '\nExamples:\n  hermes runs show\n  hermes runs show 1208')
    .action(async (reference: string) => {
      const { showRun } = await import('../show-run.ts');
      await showRun(cli(), reference);
    });
}
