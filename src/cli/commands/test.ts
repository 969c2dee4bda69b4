import type { Command } from 'commander';
import { testProjects } from '../../../ci/test-projects.ts';
import type { Cli } from '../cli.ts';
import { NO_PROJECT } from '../publish/no-project.ts';
import { publishReporter } from '../publish/publish-report.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[project...]', 'projects to test; all of the repository when none is named')
    .addHelpText(
      'after',
      [
        '',
        "Runs each project's tests by pytest, in an environment with the dependencies of its pyproject.toml and the",
        'extra or dependency group "test". The project itself is imported from its folder.',
        '',
        'Examples:',
        '  hermes test                 all that build_tools/test.sh calls',
        '  hermes test helloworld      one project',
      ].join('\n'),
    )
    .action(async (projects: string[]) => {
      const io = cli();
      const { cwd: folder, env, home, clock, signal } = io;
      const count = await testProjects({ folder, env, home, clock, signal, projects }, publishReporter(io));
      if (count === 0) io.note(NO_PROJECT);
    });
}
