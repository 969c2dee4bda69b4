import type { Command } from 'commander';
import { knownEnvironments } from '../../config/resolve-environment.ts';
import { showLatest } from '../artifacts/show-latest.ts';
import { showVersion } from '../artifacts/show-version.ts';
import { checkProjectName, openTeamStore, teamOf } from '../artifacts/team-store.ts';
import type { Cli } from '../cli.ts';
import { parseCount } from '../runs/run-options.ts';

interface Options {
  readonly team?: string;
  readonly env?: string;
  readonly limit: number;
}

export function configure(command: Command, cli: () => Cli): void {
  command
    .argument('<project>', 'a project of the team')
    .argument('[version]', 'latest, a version, or a branch; without it: where latest stands, and its history')
    .option('--env <environment>', 'one environment (default: all for latest, dev for a version)')
    .option('--team <team>', 'by default the one of hermes.yaml')
    .option('--limit <n>', 'so many entries of a history', parseCount, 10)
    .addHelpText(
      'after',
      '\nExamples:\n  hermes artifacts show helloworld\n  hermes artifacts show helloworld latest --env prod\n  hermes artifacts show helloworld feature/new-column',
    )
    .action(async (project: string, version: string | undefined, options: Options) => {
      const io = cli();
      const team = teamOf(io, options.team);
      const { env, limit } = options;
      checkProjectName(project);
      if (version === undefined) {
        const environments = env === undefined ? knownEnvironments(io.cwd) : [env];
        return showLatest(io, { team, project, environments, limit });
      }
      return showVersion(io, await openTeamStore(io, team, env ?? 'dev'), project, version);
    });
}
