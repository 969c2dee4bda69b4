import type { Command } from 'commander';
import { publish } from '../../../ci/publish.ts';
import type { PublishedEvent, Report } from '../../../ci/publish-event.ts';
import type { Cli } from '../cli.ts';
import { publishReporter } from '../publish-report.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[project...]', 'projects to publish; all of the repository when none is named')
    .addHelpText(
      'after',
      [
        '',
        'What is published, and where, follows from what CI says about itself (Travis, GitHub Actions, GitLab, Jenkins):',
        '  push to the default branch    development and production; a higher version moves latest',
        '  push to another branch        development only, with the branch in the version',
        '  pull request, tag, unclear    nothing; exit code 0',
        '  by hand, without CI           development only, from a work tree where everything is committed',
        '',
        'Examples:',
        '  hermes publish                all that build_tools/deploy.sh calls',
        '  hermes publish helloworld     one project',
        '  hermes publish --json         one object per step',
      ].join('\n'),
    )
    .action(async (projects: string[]) => {
      const io = cli();
      const { cwd: folder, env, home, clock, signal } = io;
      const print = publishReporter(io);
      const released: PublishedEvent[] = [];
      const report: Report = (event) => {
        if (event.event === 'published') released.push(event);
        print(event);
      };
      const summary = await publish({ folder, env, home, clock, signal, projects }, report);
      for (const [index, project] of summary.published.entries()) {
        const wish =
          summary.kind === 'feature'
            ? ` --branch ${quoted(summary.branch ?? '')}`
            : versionOption(released.find((event) => event.project === project));
        io.print(`${index === 0 ? 'Run it:' : '       '}  hermes run ${project}${wish}`);
      }
    });
}

/** What runs a release that `latest` passed over; nothing where `latest` is it. */
function versionOption(event: PublishedEvent | undefined): string {
  return event === undefined || event.pointer.moved ? '' : ` --version ${event.version}`;
}

/** A branch as a shell takes it: branch names may hold `$(…)` and quotes. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
