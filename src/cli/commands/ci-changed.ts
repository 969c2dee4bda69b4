import type { Command } from 'commander';
import { changedProjects } from '../../../ci/changed-projects.ts';
import type { Cli } from '../cli.ts';

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('[project...]', 'projects to ask about; all of the repository when none is named')
    .addHelpText(
      'after',
      [
        '',
        'Compares the content of each project with what the artifact stores hold, not with another commit: a run that',
        'was missed, a revert and a shallow clone make no difference. Prints one name per line, and nothing when',
        'nothing is to be published. A store that this job may not read counts as empty.',
        '',
        'Examples:',
        '  hermes ci changed',
        '  changed=$(hermes ci changed) && [ -n "$changed" ] && hermes build $changed --out build',
      ].join('\n'),
    )
    .action(async (projects: string[]) => run(cli(), projects));
}

async function run(io: Cli, names: readonly string[]): Promise<void> {
  const { cwd: folder, env, home, clock, signal } = io;
  const answer = await changedProjects({ folder, env, home, clock, signal, projects: names });
  const { decision, projects, unreadable } = answer;
  io.note(decision.kind === 'nothing' ? `Nothing is to be published: ${decision.reason}` : decision.reason);
  for (const { environment, error } of unreadable) {
    io.note(`The store of ${environment} counts as empty: ${error.message}`);
  }
  io.object({
    decision: decision.kind,
    reason: decision.reason,
    projects,
    unreadable: unreadable.map(({ environment, error }) => ({ environment, code: error.code })),
  });
  for (const project of projects) io.result(project);
}
