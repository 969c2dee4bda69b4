import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type PublishSummary, publish } from '../../../ci/publish.ts';
import type { PublishEvent, PublishedEvent, Report } from '../../../ci/publish-event.ts';
import type { Cli } from '../cli.ts';
import { writeCiSummary } from '../publish/ci-summary.ts';
import { NO_PROJECT } from '../publish/no-project.ts';
import { publishReporter } from '../publish/publish-report.ts';
import { shellWord } from '../shell-word.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly env?: string;
  readonly from?: string;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[project...]', 'projects to publish; all of the repository when none is named')
    .option('--dry-run', 'test, build and plan, but write nothing')
    .option('--env <environment>', 'only to this environment, of those that the push allows')
    .option('--from <folder>', 'publish what hermes build left there; nothing is tested or built')
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
        '  hermes publish --dry-run      what would be new, what is skipped and why, whether latest moves',
        '  hermes publish --from build/ --env dev',
        '                                in a job with credentials, after a job without them built it',
        '  hermes publish --json         one object per step',
      ].join('\n'),
    )
    .action(async (projects: string[], options: Options) => run(cli(), projects, options));
}

async function run(io: Cli, projects: readonly string[], options: Options): Promise<void> {
  const { cwd: folder, env, home, clock, signal } = io;
  const { dryRun, env: environment } = options;
  const from = options.from === undefined ? undefined : resolve(folder, options.from);
  const print = publishReporter(io);
  const events: PublishEvent[] = [];
  const report: Report = (event) => {
    events.push(event);
    print(event);
  };
  const request = { folder, env, home, clock, signal, projects, dryRun, from, environment };
  try {
    const summary = await publish(request, report);
    if (dryRun === true) io.print('Nothing was written: this is a dry run.');
    else printNextSteps(io, summary, events);
    if (summary.kind !== 'nothing' && !events.some((event) => 'project' in event)) io.note(NO_PROJECT);
  } finally {
    writeCiSummary(env, events, (line) => io.note(line));
  }
}

function printNextSteps(io: Cli, summary: PublishSummary, events: readonly PublishEvent[]): void {
  const released = events.flatMap((event) => (event.event === 'published' ? [event] : []));
  for (const [index, project] of summary.published.entries()) {
    const wish =
      summary.kind === 'feature'
        ? ` --branch ${shellWord(summary.branch ?? '')}`
        : versionOption(released.find((event) => event.project === project));
    io.print(`${index === 0 ? 'Run it:' : '       '}  hermes run ${project}${wish}`);
  }
}

/** What runs a release that `latest` passed over; nothing where `latest` is it. */
function versionOption(event: PublishedEvent | undefined): string {
  return event === undefined || event.pointer.moved ? '' : ` --version ${event.version}`;
}
