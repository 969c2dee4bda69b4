import type { Command } from 'commander';
import { checkPullRequest } from '../../../ci/check-pull-request.ts';
import { detectCi } from '../../../ci/detect-ci.ts';
import { ProblemsError } from '../../core/problems.ts';
import type { Cli } from '../cli.ts';
import { checkReporter } from '../publish/check-report.ts';
import { errorAnnotation } from '../publish/workflow-command.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[project...]', 'projects to check; all of the repository when none is named')
    .option('--base <branch>', 'the branch to compare with (in a pull request CI names it)')
    .addHelpText(
      'after',
      [
        '',
        'A published version never changes, so a pull request that changes what a project publishes has to raise its',
        'version. Says so at the line to edit, and ends with 2. Other changes (tests, notes) pass: both sides are built',
        'and compared. Outside a pull request there is nothing to check.',
        '',
        'Examples:',
        '  hermes ci check                   in the CI of a pull request',
        '  hermes ci check --base master     by hand, before you open one',
      ].join('\n'),
    )
    .action(async (projects: string[], { base }: { readonly base?: string }) => {
      const io = cli();
      const { cwd: folder, env, home, clock, signal } = io;
      try {
        await checkPullRequest({ folder, env, home, clock, signal, projects, base }, checkReporter(io));
      } catch (error) {
        if (error instanceof ProblemsError && !io.json && detectCi(env).system === 'github') {
          for (const problem of error.problems) io.note(errorAnnotation(problem));
        }
        throw error;
      }
    });
}
