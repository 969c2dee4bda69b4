import type { Command } from 'commander';
import { HermesOperator } from '../../../operators/hermes-operator.ts';
import { resolveTeam } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { Dag } from '../../dag/dag.ts';
import type { Cli } from '../cli.ts';
import { startRun } from '../drive-run.ts';
import { collectText, parseInstant } from '../run-options.ts';

interface Options {
  readonly env: string;
  readonly script?: string;
  readonly version?: string;
  readonly branch?: string;
  readonly team?: string;
  readonly library: boolean;
  readonly view: readonly string[];
  readonly logicalDate?: Date;
}

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
    .addHelpText(
      'after',
      `
Examples:
  hermes run helloworld
  hermes run helloworld --branch feature/my-branch -- --name Ada
  hermes run observations --script monthly --version 1.4.0 --env prod`,
    )
    .action(async (project: string, parameters: string[], options: Options) => {
      const world = cli();
      const { logicalDate } = options;
      await startRun(world, {
        dag: oneTaskDag(project, parameters, options, resolveTeam(teamQuestion(world, options))),
        environment: options.env,
        source: `hermes run ${project}`,
        folder: world.cwd,
        params: {},
        parallel: 1,
        ...(logicalDate === undefined ? {} : { logicalDate }),
      });
    });
}

function teamQuestion(cli: Cli, { team }: Options): { team?: string; folder: string } {
  return team === undefined ? { folder: cli.cwd } : { team, folder: cli.cwd };
}

/** A DAG of the project's name with one task of the script's name. */
function oneTaskDag(project: string, parameters: readonly string[], options: Options, team: string): Dag {
  const { branch, version, script, library, view } = options;
  if (branch !== undefined && version !== undefined) {
    throw new ConfigError('Cannot take both --version and --branch: each names what to run', {
      code: 'HERMES_VERSION_OR_BRANCH',
      nextStep: 'Leave one of them out.',
    });
  }
  return new Dag(`run_${project}`, { team }, () => {
    new HermesOperator({
      taskId: script ?? project,
      projectName: project,
      scriptVersion: branch ?? version ?? 'latest',
      parameters,
      viewAccessControlList: view,
      ...(script === undefined ? {} : { scriptName: script }),
      ...(library ? {} : { libraryVersion: 'none' }),
    });
  });
}
