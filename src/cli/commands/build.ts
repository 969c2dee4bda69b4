import { resolve } from 'node:path';
import type { Command } from 'commander';
import { buildProjects } from '../../../ci/build-projects.ts';
import { printableLine } from '../../core/printable.ts';
import type { Cli } from '../cli.ts';
import { NO_PROJECT } from '../publish/no-project.ts';
import { publishReporter } from '../publish/publish-report.ts';

const MAX_LISTED = 5;

interface Options {
  readonly out: string;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[project...]', 'projects to build; all of the repository when none is named')
    .option('--out <folder>', 'folder for the wheels: <folder>/<project>/<wheel>', 'build')
    .addHelpText(
      'after',
      [
        '',
        'Builds what is committed. Asks no store and needs no credentials, so that a CI can keep the code of a',
        'branch and its own keys in different jobs:',
        '  changed=$(hermes ci changed)                             in a job that may read the stores',
        '  [ -z "$changed" ] || hermes build $changed --out build   in one without credentials',
        '  hermes publish --from build --env dev                    in one with those of development',
        '',
        'Examples:',
        '  hermes build                      all projects, into build/',
        '  hermes build helloworld --out /tmp/wheels',
      ].join('\n'),
    )
    .action(async (projects: string[], options: Options) => run(cli(), projects, options));
}

async function run(io: Cli, projects: readonly string[], options: Options): Promise<void> {
  const { cwd: folder, env, home, clock, signal } = io;
  const out = resolve(folder, options.out);
  const request = { folder, env, home, clock, signal, projects, out };
  const { commit, leftOut, projects: built } = await buildProjects(request, publishReporter(io));
  const files = leftOut.filter((file) => !resolve(folder, file).startsWith(out));
  if (files.length > 0) {
    const shown = files.slice(0, MAX_LISTED).map(printableLine).join(', ');
    const more = files.length > MAX_LISTED ? ` and ${files.length - MAX_LISTED} more` : '';
    io.note(`Built is commit ${commit.slice(0, 7)}. Not committed, and so not in it: ${shown}${more}`);
  }
  if (built.length === 0) io.note(NO_PROJECT);
  io.object({ event: 'built', commit, projects: built, folder: out });
  io.print(`${built.length} project${built.length === 1 ? '' : 's'} built into ${options.out}`);
  if (io.quiet) io.result(out);
}
