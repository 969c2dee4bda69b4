import type { Command } from 'commander';
import type { Cli } from '../cli.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .option('--env <name>', 'environment whose Airflow is meant', 'dev')
    .addHelpText('after', '\nExamples:\n  hermes airflow status\n  hermes airflow status --env prod --json')
    .action(async ({ env }: { readonly env: string }) => {
      const { showStatus } = await import('../airflow/show-status.ts');
      await showStatus(cli(), env);
    });
}
