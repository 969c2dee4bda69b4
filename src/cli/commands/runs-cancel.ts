import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { RUN_ARGUMENT } from '../run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<run>', RUN_ARGUMENT)
    .addHelpText('after', '\nExamples:\n  hermes runs cancel last\n  hermes runs cancel 1208')
    .action(async (reference: string) => {
      const { cancelRuns } = await import('../cancel-runs.ts');
      await cancelRuns(cli(), reference);
    });
}
