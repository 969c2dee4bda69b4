import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { enrolFailure } from '../enrol/enrol-failure.ts';
import { outcomeObject, summaryLine, type TeamOutcome, tableLines, teamLines } from '../enrol/enrol-lines.ts';
import { enrolTeams } from '../enrol/enrol-teams.ts';
import { readPlatformEnvironments } from '../enrol/platform-environments.ts';
import { readTeams } from '../enrol/team-list.ts';

interface Options {
  readonly file?: string;
  readonly env: readonly string[];
  readonly defaults?: string;
  readonly apply?: true;
  readonly org?: string;
}

export function configure(command: Command, openCli: () => Cli): void {
  command
    .argument('[teams...]', 'teams, as their groups in Databricks are called')
    .option('--file <file>', 'teams of a file, one on each line; # begins a remark')
    .addOption(new Option('--plan', 'only say what would be made (default)').conflicts('apply'))
    .option('--apply', 'make it')
    .option('--env <name>', 'environment; may be repeated (default: all)', collect, [])
    .option('--org <organisation>', 'repositories on GitHub (default: github.org of hermes.platform.yaml)')
    .option('--defaults <file>', 'what teams get (default: the nearest hermes.platform.yaml)')
    .addHelpText(
      'after',
      `
Makes what a team lacks: its Airflow repository, its cluster policies, and the variable hermes_<team> of each
environment, committed to that repository. What stands is left as it is, also where it differs. May be interrupted and
repeated. What teams get comes from hermes.platform.yaml; without that file, dev and prod are those of this machine.
On GitHub the first commit of a repository holds its variables; what comes later goes to a branch, for a pull request.

Examples:
  hermes enrol weather
  hermes enrol weather --apply
  hermes enrol --file teams.txt --env dev --apply`,
    )
    .action(async (words: string[], options: Options) => {
      const cli = openCli();
      const teams = readTeams(cli.cwd, words, options.file);
      const platform = readPlatformEnvironments(cli, teams, options.defaults, options.env);
      const isApplied = options.apply === true;
      const outcomes = await enrolTeams(cli, teams, platform, isApplied, options.org);
      report(cli, outcomes, platform.names, platform.file ?? 'this machine', isApplied);
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** @throws HermesError when a team was not enrolled */
function report(
  cli: Cli,
  outcomes: readonly TeamOutcome[],
  environments: readonly string[],
  file: string,
  isApplied: boolean,
): void {
  for (const outcome of outcomes) {
    cli.object(outcomeObject(outcome, isApplied));
    const url = outcome.plan?.repositoryUrl ?? outcome.enrolled?.repositoryUrl;
    if (cli.quiet && url !== undefined) cli.result(`${outcome.team} ${url}`);
  }
  const failure = enrolFailure(outcomes);
  // What would be shown of teams of which nothing could be planned says nothing.
  const isBare = outcomes.every(({ plan, error }) => plan === undefined && error !== undefined);
  const [only] = outcomes;
  if (failure !== undefined && (isBare || outcomes.length === 1)) throw failure;
  const lines =
    outcomes.length === 1 && only !== undefined
      ? teamLines(only, file)
      : tableLines(outcomes, environments, file, cli.columns);
  for (const line of lines) cli.print(line);
  cli.print();
  const summary = summaryLine(outcomes, environments, isApplied);
  cli.print(summary);
  if (!isApplied && summary.startsWith('Would'))
    cli.print('Nothing is changed yet; to make it, add --apply.');
  if (failure !== undefined) throw failure;
}
