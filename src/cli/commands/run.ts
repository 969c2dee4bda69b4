import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { RunOptions } from '../dags/run-project.ts';
import { collectText, parseInstant } from '../runs/run-options.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<project>', 'project of the team')
    .argument('[parameters...]', 'arguments of the script, behind --')
    .option('--script <name>', 'script of the project (default: its name)')
    .option('--version <version>', 'a published version (default: latest)')
    .option('--branch <name>', 'the newest build of a branch; development only')
    .option('--env <name>', 'environment to run in', 'dev')
    .option('--team <name>', 'team (default: the one of hermes.yaml)')
    .option('--no-library', "without the project's wheel")
    .option('--view <group>', 'another group that may see the run; may be repeated', collectText, [])
    .option('--logical-date <date>', 'the day that {{ ds }} means (default: the present time)', parseInstant)
    .option('--dry-run', 'print what would be sent, and what the policy makes of it')
    .addHelpText(
      'after',
      `
Examples:
  hermes run helloworld
  hermes run helloworld --branch feature/my-branch -- --name Ada
  hermes run helloworld --dry-run
  hermes run observations --script monthly --version 1.4.0 --env prod`,
    )
    .action(async (project: string, parameters: string[], options: RunOptions) => {
      const { runProject } = await import('../dags/run-project.ts');
      await runProject(cli(), project, parameters, options);
    });
}
